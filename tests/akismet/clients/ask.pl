# Debian's Net::Akismet. One question on the command line, a comment as JSON on standard input, one word as answer.
# The library knows rest.akismet.com only: LWP is told to connect to this machine instead.
use strict;
use warnings;
use JSON::PP;
use LWP::Protocol::http;
use Net::Akismet;

my ($port, $key, $question) = @ARGV;
@LWP::Protocol::http::EXTRA_SOCK_OPTS = (PeerAddr => '127.0.0.1', PeerPort => $port);
my $akismet = Net::Akismet->new(KEY => $key, URL => 'https://blog.example/');
if (!$akismet) { print "invalid"; exit; }
if ($question eq 'verify') { print "valid"; exit; }
my $one = decode_json(join('', <STDIN>));
utf8::encode($_) for grep { defined } values %$one;
my %form = (
  USER_IP => $one->{ip}, COMMENT_USER_AGENT => $one->{agent}, REFERRER => $one->{page}, PERMALINK => $one->{page},
  COMMENT_TYPE => $one->{type}, COMMENT_AUTHOR => $one->{author}, COMMENT_AUTHOR_EMAIL => $one->{email},
  COMMENT_AUTHOR_URL => $one->{url}, COMMENT_CONTENT => $one->{content},
);
if ($question eq 'check') {
  my $verdict = $akismet->check(%form);
  print !defined $verdict ? "error" : $verdict eq 'true' ? "spam" : "ham";
} else {
  my $done = $question eq 'spam' ? $akismet->spam(%form) : $akismet->ham(%form);
  print $done ? $akismet->{response} : "error";
}
