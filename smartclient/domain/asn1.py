"""The one door to the library's CMS (RFC 5652), with the names of time stamps in it.

`asn1crypto.tsp` adds names to maps that `asn1crypto.cms` fixes at their first use, so both are
imported before anybody uses either: a process that seals before it stamps must know a token too.
"""

from asn1crypto import cms as cms
from asn1crypto import tsp as tsp
