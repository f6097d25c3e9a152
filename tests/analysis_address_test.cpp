#include <doctest/doctest.h>

#include <string>

#include "analysis/address.h"

using namespace chaffinch;

TEST_SUITE_BEGIN("address");

TEST_CASE("addresses are read and written in their canonical form") {
  struct Row {
    std::string text;
    std::string canonical;
  };
  static const Row kRows[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"2001:DB8::1", "2001:db8::1"},
      {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
      {"2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // the first of equal runs
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one group alone is not shortened
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"fe80::a00:27ff:fe4e:66a1", "fe80::a00:27ff:fe4e:66a1"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"::FFFF:c000:0201", "192.0.2.1"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"::192.0.2.1", "::c000:201"},
      {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.text);
    const auto address = Address::parse(row.text);
    REQUIRE(address.has_value());
    CHECK(address->text() == row.canonical);
    CHECK(Address::parse(address->text()) == address);
  }
  CHECK(Address::parse("::ffff:192.0.2.1")->v4);
  CHECK_FALSE(Address::parse("::192.0.2.1")->v4);
  CHECK(Address::parse("::ffff:192.0.2.1") == Address::parse("192.0.2.1"));
}

TEST_CASE("what is no address is refused") {
  for (const std::string text : {"",
                                 " ",
                                 "1",
                                 "1.2.3",
                                 "1.2.3.4.5",
                                 "1.2.3.",
                                 ".1.2.3.4",
                                 "1..3.4",
                                 "256.1.1.1",
                                 "01.2.3.4",
                                 "1.2.3.4 ",
                                 " 1.2.3.4",
                                 "1.2.3.-4",
                                 "+1.2.3.4",
                                 "0x1.2.3.4",
                                 "1.2.3.4:80",
                                 "1.2.3.4/24",
                                 ":",
                                 ":::",
                                 "1:::2",
                                 "1::2::3",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4:5:6:7:8::",
                                 "::1:2:3:4:5:6:7:8",
                                 "12345::",
                                 "g::",
                                 "-1::",
                                 "fe80::1%eth0",
                                 "[::1]",
                                 "::1.2.3",
                                 "::1.2.3.4:5",
                                 "1.2.3.4::",
                                 "1:2:3:4:5:6:7:1.2.3.4",
                                 "::1:",
                                 ":1::",
                                 "0000:0000:0000:0000:0000:0000:0000:0000:00000000",
                                 "localhost"}) {
    CAPTURE(text);
    CHECK_FALSE(Address::parse(text).has_value());
  }
  CHECK_FALSE(Address::parse(std::string("1.2.3.4\0", 8)).has_value());
  CHECK_FALSE(Address::parse(std::string(100'000, ':')).has_value());
}

TEST_CASE("networks are read, written without host bits, and know their members") {
  struct Row {
    std::string network;
    std::string canonical;
    std::string inside;
    std::string outside;
  };
  static const Row kRows[] = {
      {"192.0.2.77/24", "192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
      {"192.0.2.77", "192.0.2.77/32", "192.0.2.77", "192.0.2.78"},
      {"10.255.255.255/8", "10.0.0.0/8", "10.1.2.3", "11.0.0.0"},
      {"192.0.2.130/25", "192.0.2.128/25", "192.0.2.200", "192.0.2.127"},
      {"1.2.3.4/0", "0.0.0.0/0", "255.1.1.1", "::1"},
      {"2001:db8:1:2::5/48", "2001:db8:1::/48", "2001:db8:1:ffff::1", "2001:db8:2::"},
      {"2001:db8::1", "2001:db8::1/128", "2001:db8::1", "2001:db8::2"},
      {"::/0", "::/0", "2001:db8::1", "192.0.2.1"},
      {"::ffff:192.0.2.7/120", "192.0.2.0/24", "192.0.2.9", "192.0.1.9"},
      {"fe80::/10", "fe80::/10", "febf::1", "fec0::"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.network);
    const auto network = Network::parse(row.network);
    REQUIRE(network.has_value());
    CHECK(network->text() == row.canonical);
    CHECK(Network::parse(network->text()) == network);
    CHECK(network->contains(*Address::parse(row.inside)));
    CHECK_FALSE(network->contains(*Address::parse(row.outside)));
  }
  for (const std::string text :
       {"", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/024", "192.0.2.0/24/24",
        "192.0.2.0/2 4", "2001:db8::/129", "192.0.2/24", "::/1000"}) {
    CAPTURE(text);
    CHECK_FALSE(Network::parse(text).has_value());
  }
}

TEST_CASE("neighbours share a network of 24 or 48 bits") {
  CHECK(network_of(*Address::parse("192.0.2.77")).text() == "192.0.2.0/24");
  CHECK(network_of(*Address::parse("2001:db8:1:2::5")).text() == "2001:db8:1::/48");
  CHECK(network_of(*Address::parse("::ffff:10.1.2.3")).text() == "10.1.2.0/24");
}
