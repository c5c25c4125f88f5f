"""What travels on a first visit, how many queries a page makes, and what memory is held."""

import gzip
import re
from urllib.parse import urljoin, urlsplit

from bench.measure import Visitor, family, pss_megabytes, rest
from bench.portals import Measured

PAGES = {"Today": "/", "customer list": "/customers", "customer page": "/customers/1"}
FRAGMENTS = {"quick log": "/customers/1/follow-ups/new?place=row"}
LINKED = re.compile(r'<(?:link|script|img|use)\b[^>]*?\b(?:href|src)="([^"#]+)', re.IGNORECASE)
NOT_FETCHED = re.compile(r'<link\b[^>]*rel="(?:canonical|alternate|next|prev)"[^>]*>', re.IGNORECASE)


def of(measured: Measured) -> dict[str, float]:
    """Kilobytes over the wire: each page with all the files that it names, and each fragment."""
    visitor = measured.visitor()
    found = {name: _page(visitor, path) for name, path in PAGES.items()}
    for name, path in FRAGMENTS.items():
        _, body = visitor.ask("GET", path, HX_Request="true", HX_Request_Type="partial")
        found[name] = _kilobytes(body)
    return found


def _page(visitor: Visitor, path: str) -> float:
    _, body = visitor.ask("GET", path)
    html = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
    names = {urljoin(path, name) for name in LINKED.findall(NOT_FETCHED.sub("", html))}
    files = [visitor.ask("GET", name)[1] for name in sorted(names) if not urlsplit(name).netloc]
    return round(_kilobytes(body) + sum(_kilobytes(file) for file in files), 1)


def _kilobytes(body: bytes) -> float:
    return round(len(body) / 1024, 1)


def memory(measured: Measured) -> float:
    """Megabytes (PSS) of server, web process and worker together, idle for a while after the pages have been asked for:
    a worker that has just computed the books leaves for one that begins small.
    """
    rest(measured.portal_processes, calm=90)
    assert measured.portal.process is not None
    return round(pss_megabytes(family(measured.portal.process.pid)))
