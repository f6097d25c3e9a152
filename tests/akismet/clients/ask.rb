# Debian's ruby-akismet. One question on the command line, a comment as JSON on standard input, one word as answer.
# The library knows rest.akismet.com and TLS only: every connection goes to this machine, in the clear.
require 'akismet'
require 'json'
require 'net/http'

PORT, KEY, QUESTION = ARGV

Net::HTTP.prepend(Module.new { def use_ssl=(_wanted); end })
# Debian connects by Socket.tcp, Ruby itself by TCPSocket.open.
TCPSocket.singleton_class.prepend(Module.new { def open(_host, _port, *_rest) = super('127.0.0.1', Integer(PORT)) })
Socket.singleton_class.prepend(Module.new { def tcp(_host, _port, *_rest, **_more) = super('127.0.0.1', Integer(PORT)) })

client = Akismet::Client.new(KEY, 'https://blog.example/', app_name: 'stories', app_version: '1')
begin
  if QUESTION == 'verify'
    print client.verify_key ? 'valid' : 'invalid'
    exit
  end
  one = JSON.parse($stdin.read)
  form = { referrer: one['page'], post_url: one['page'], text: one['content'], type: one['type'],
           author: one['author'], author_url: one['url'], author_email: one['email'],
           user_role: one['role'], languages: %w[en de] }.reject { |_, value| value.nil? }
  case QUESTION
  when 'check'
    spam, blatant = client.check(one['ip'], one['agent'], form)
    print blatant ? 'discard' : spam ? 'spam' : 'ham'
  when 'spam' then client.spam(one['ip'], one['agent'], form)
                   print 'Thanks for making the web a better place.'
  else client.ham(one['ip'], one['agent'], form)
       print 'Thanks for making the web a better place.'
  end
rescue Akismet::Error => error
  print "error: #{error.message}"
end
