"""The networks of the Internet Protocol that are not the open network, each with what it is for and where that is said.

Data alone, from IANA's registries as of their latest entry of 2025-04: the IPv4 and IPv6 special-purpose address
registries and the two of multicast. Networks that cloud providers keep for their own services, and what IANA has taken
back, are added. It is written out because `ipaddress.is_global` of Python 3.11 calls several of these global.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

#: Network, what it is for, where that is said, and the date of that entry or document.
_V4: tuple[tuple[str, str, str, str], ...] = (
    ("0.0.0.0/8", "this network", "RFC 791", "1981-09"),
    ("10.0.0.0/8", "private", "RFC 1918", "1996-02"),
    ("100.64.0.0/10", "shared by carriers", "RFC 6598", "2012-04"),
    ("127.0.0.0/8", "loopback", "RFC 1122", "1981-09"),
    ("168.63.129.16/32", "a cloud provider's own service", "Microsoft: What is IP address 168.63.129.16?", "undated"),
    ("169.254.0.0/16", "link-local", "RFC 3927", "2005-05"),
    ("172.16.0.0/12", "private", "RFC 1918", "1996-02"),
    # Holds addresses that are reachable (192.0.0.9 and .10), none of which serves documents.
    ("192.0.0.0/24", "protocol assignments", "RFC 6890", "2010-01"),
    ("192.0.2.0/24", "documentation", "RFC 5737", "2010-01"),
    ("192.31.196.0/24", "AS112", "RFC 7535", "2014-12"),
    ("192.52.193.0/24", "AMT relays", "RFC 7450", "2014-12"),
    ("192.88.99.0/24", "6to4 relays, taken back", "RFC 7526", "2001-06"),
    ("192.168.0.0/16", "private", "RFC 1918", "1996-02"),
    ("192.175.48.0/24", "AS112", "RFC 7534", "1996-01"),
    ("198.18.0.0/15", "benchmarks", "RFC 2544", "1999-03"),
    ("198.51.100.0/24", "documentation", "RFC 5737", "2010-01"),
    ("203.0.113.0/24", "documentation", "RFC 5737", "2010-01"),
    ("224.0.0.0/4", "multicast", "RFC 5771", "2010-03"),
    ("240.0.0.0/4", "reserved, and broadcast", "RFC 1112", "1989-08"),
)
_V6: tuple[tuple[str, str, str, str], ...] = (
    ("::/128", "unspecified", "RFC 4291", "2006-02"),
    ("::1/128", "loopback", "RFC 4291", "2006-02"),
    ("::/96", "IPv4 in IPv6, taken back", "RFC 4291", "2006-02"),
    ("::ffff:0:0/96", "IPv4 in IPv6", "RFC 4291", "2006-02"),
    ("::ffff:0:0:0/96", "IPv4 translated, taken back", "RFC 2765", "2000-02"),
    ("64:ff9b:1::/48", "IPv4 translated within a network", "RFC 8215", "2017-06"),
    ("100::/64", "thrown away", "RFC 6666", "2012-06"),
    ("100:0:0:1::/64", "a dummy", "RFC 9780", "2025-04"),
    # Teredo, ORCHID, benchmarks, AMT, AS112 and others; the more special entries of the registry lie within it.
    ("2001::/23", "protocol assignments", "RFC 2928", "2000-09"),
    ("2001:db8::/32", "documentation", "RFC 3849", "2004-07"),
    ("2002::/16", "6to4", "RFC 3056", "2001-02"),
    ("2620:4f:8000::/48", "AS112", "RFC 7534", "2011-05"),
    ("3ffe::/16", "the 6bone, taken back", "RFC 3701", "2006-06"),
    ("3fff::/20", "documentation", "RFC 9637", "2024-07"),
    ("5f00::/16", "segment routing", "RFC 9602", "2024-04"),
    ("fc00::/7", "unique local", "RFC 4193", "2005-10"),
    ("fe80::/10", "link-local", "RFC 4291", "2006-02"),
    ("fec0::/10", "site-local, taken back", "RFC 3879", "2004-09"),
    ("ff00::/8", "multicast", "RFC 4291", "2006-02"),
)

REFUSED_V4 = tuple((IPv4Network(network), use) for network, use, _, _ in _V4)
REFUSED_V6 = tuple((IPv6Network(network), use) for network, use, _, _ in _V6)

#: All that IANA has given out for the open network; what is not in it is refused too, whatever it will be for.
GLOBAL_UNICAST = IPv6Network("2000::/3")

#: The only way out of networks with IPv6 alone (RFC 6052): what counts is the IPv4 address inside.
NAT64 = IPv6Network("64:ff9b::/96")
