"""Static catalogues made with JKAN: a site's Markdown files, in a zip or behind an index page."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import unquote, urljoin, urlsplit

import orjson
from bs4 import BeautifulSoup
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from harvesters.addresses import followed
from harvesters.detection import Answered, Finding
from harvesters.fetch_error import FetchError
from harvesters.folder_index import is_html
from harvesters.front_matter import FILE, read_page
from harvesters.inflate import BodyError
from harvesters.jkan_archive import check_whole, is_inside
from harvesters.json_element import Element, parse_element
from harvesters.local_files import inside, names_in
from harvesters.not_json import page_title
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider, body_path
from mappings.crosswalks.jkan import UNREADABLE_PAGE
from mappings.issue import Issue

_ZIP = b"PK\x03\x04"
_JKAN_FILE = re.compile(rb"_datasets/[^\x00-\x1f]{1,200}?\.(?:md|markdown)")
_INDEX = 8 * 1024**2
"""Bytes of an index page; 20,000 links have 2 MB."""
_MEMBERS = 100_000
_KEYS = frozenset({"resources", "organization", "category", "maintainer", "notes"})
"""What front matter of JKAN's says beside a title."""
_MARKDOWN = (".md", ".markdown")
_NOT_DATASETS = re.compile(r"readme|contributing|license|changelog|code_of_conduct", re.IGNORECASE)


def page_links(html: bytes, base: str) -> list[str]:
    """The Markdown files an index page links to, below its own folder on its own host, each once."""
    below = base.partition("?")[0].rpartition("/")[0] + "/"
    found: dict[str, None] = {}
    for link in BeautifulSoup(html, "html.parser").find_all("a", href=True):
        try:
            url = followed(base, urljoin(base, str(link["href"])))
        except ValueError:
            continue
        if url.startswith(below) and urlsplit(url).path.lower().endswith(_MARKDOWN):
            found[url.partition("?")[0]] = None
    return [url for url in found if not _NOT_DATASETS.fullmatch(PurePosixPath(urlsplit(url).path).stem)]


def archive_url(url: str) -> str:
    """The archive of a repository at GitHub, where the address names one; else the address itself."""
    parts = urlsplit(url)
    names = parts.path.strip("/").split("/")
    if parts.hostname in {"github.com", "www.github.com"} and len(names) == 2 and all(names):
        return f"https://github.com/{names[0]}/{names[1].removesuffix('.git')}/archive/HEAD.zip"
    return url


def dataset_files(names: list[str]) -> list[str]:
    """The dataset pages among the files of an archive: those below `_datasets`, else every Markdown file."""
    pages = [name for name in names if name.lower().endswith(_MARKDOWN)]
    inside = [name for name in pages if is_inside(name)]
    return inside or [n for n in pages if not _NOT_DATASETS.fullmatch(PurePosixPath(n).stem)]


def find_folder(path: Path, name: str) -> Finding | None:
    """A folder with a Markdown file below `_datasets`, or one that has front matter as JKAN's have."""
    pages = dataset_files(list(names_in(path)))
    for page in pages[:20]:
        file = path / page
        if file.is_symlink() or not file.is_file():
            continue
        try:
            with file.open("rb") as opened:
                values = read_page(opened.read(FILE + 1), page)["front_matter"]
        except (FetchError, OSError):
            continue
        if "title" in values and not values.keys().isdisjoint(_KEYS):
            return Finding("jkan", name, f"{name} is a folder of Markdown files such as {page}", len(pages))
    return None


def find_index(answer: Answered) -> Finding | None:
    """An index page that links to Markdown files and to little else."""
    if answer.status != 200 or not is_html(answer.beginning):
        return None
    pages = page_links(answer.beginning, answer.url)
    links = len(BeautifulSoup(answer.beginning, "html.parser").find_all("a", href=True))
    if not pages or 2 * len(pages) <= links:
        return None
    said = f"{answer.url} is an index page with links to {len(pages):,} Markdown files"
    return Finding("jkan", answer.url, said, len(pages))


def find_jkan(answer: Answered) -> Finding | None:
    """An archive whose first files lie in a folder `_datasets`, as JKAN's repositories have it."""
    if answer.status != 200 or answer.beginning[:4] != b"PK\x03\x04":
        return None
    if not _JKAN_FILE.search(answer.beginning):
        return None
    return Finding("jkan", answer.url, f"{answer.url} is a zip with Markdown files in a folder _datasets")


class JkanSpider(PortalSpider):
    """Type `jkan`: the Markdown files of a JKAN site, one for each dataset, with YAML front matter.

    Asked: `url`, which is a zip of the site's repository (of `https://github.com/OWNER/NAME` the archive is
    asked for; the files below `_datasets` count, wherever that folder is) or an index page whose links to
    `.md` files below it are each fetched. What it is, is told by the answer. A path, relative to the portals
    file, is a checkout or such a zip, read from disk: hidden files are left out, links must stay below the
    folder of the portals file. The site itself publishes less: its `/datasets.json` has no
    resources, its `/data.json` no identifiers, and its pages are made for people.

    Identifier: the file's name without ending, as in the site's own addresses. Files that cannot be read are
    quarantined. Of a file 4 MB are read at most, of an archive 100,000 files and `max_bytes` unpacked; YAML
    under the limits of type `register`.

    Complete: the zip's directory is whole, nothing stands before or behind the archive, and each file unpacks
    to its checksum (a folder `_datasets` without pages is a site without datasets); or every page linked from
    the index answered with status 200.
    Source: https://github.com/timwis/jkan
    """

    type: ClassVar[str] = "jkan"

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """A zip of a site's repository, or an index page of its files."""
        return find_jkan(answer) or find_index(answer)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._waiting: list[str] = []
        self._pages = 0

    def first_requests(self) -> Iterator[Request]:
        """The archive or the index."""
        yield self.ask(archive_url(self.portal.url))

    def read(self, response: Response) -> Iterator[Request]:
        """An archive as a whole; an index, then page after page."""
        if response.meta.get("page"):
            self._put(b"".join(self._bounded(response, FILE + 1)), _stem(response.url), response.url)
        elif self.beginning(response, 4) == _ZIP:
            self._read_archive(response)
            return
        else:
            self._read_index(response)
        yield from self._next()

    @classmethod
    def recognise_folder(cls, path: Path, name: str) -> Finding | None:
        """A site's checkout, or its folder of pages."""
        return find_folder(path, name)

    def read_disk(self, path: Path) -> None:
        """A folder file by file; one that cannot be read does not keep the others from it."""
        if not path.is_dir():
            super().read_disk(path)
            return
        pages = dataset_files(list(names_in(path)))
        if not pages:
            raise FetchError("no-pages", f"{self.portal.url} is a folder without Markdown files")
        before = self.run.bytes
        for self._pages, page in enumerate(pages, start=1):
            name = f"{self.portal.url.rstrip('/')}/{page}"
            try:
                found = inside(Path(self.portal.folder), path / page, name)
                response = self.stored(found, name, self.portal.max_bytes)
                raw = b"".join(self._bounded(response, FILE + 1))
                body_path(response).unlink(missing_ok=True)
            except (FetchError, BodyError) as error:
                if error.slug in {"disk-full", "deadline"}:
                    raise FetchError(error.slug, error.message) from None
                self.trouble(name, error.slug, error.message)
                continue
            if self.run.bytes - before > self.portal.max_bytes:
                raise FetchError("too-large", f"the folder has more than {self.portal.max_bytes:,} bytes")
            self._put(raw, PurePosixPath(page).stem, name)
        self._finish()

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. What is missing may be any record."""
        self.run.page_failed(url, slug, message)
        if self._pages:
            slug, message = "page-missing", f"page {self._pages} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def answered(self, response: Response) -> Iterator[Request]:
        """A page that fails does not keep the others from being read."""
        yield from super().answered(response)
        if response.meta.get("page") and (response.status != 200 or response.url in self._failed()):
            yield from self._next()

    def unanswered(self, failure: Failure) -> Iterator[Request]:
        """The same for one that does not answer at all."""
        super().unanswered(failure)
        yield from self._next() if self._pages else ()

    def _failed(self) -> set[str]:
        return {failure.url for failure in self.run.failures[-1:]}

    def _read_index(self, response: Response) -> None:
        html = b"".join(self._bounded(response, _INDEX))
        self._waiting = page_links(html, response.url)
        if not self._waiting:
            title = page_title(html)
            raise FetchError("no-pages", f"neither a zip nor a page with links to .md files: “{title}”")
        if len(self._waiting) > self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        self._waiting.reverse()

    def _next(self) -> Iterator[Request]:
        if self._waiting:
            self._pages += 1
            yield self.ask(self._waiting.pop(), page=True)
        else:
            self._finish()

    def _read_archive(self, response: Response) -> None:
        path = self.run.new_body_path()
        try:
            with path.open("wb") as file:
                for chunk in self.body(response):
                    file.write(chunk)
            self._read_members(path, response.url)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            raise FetchError("cut", f"the zip cannot be read: {error}") from None
        finally:
            path.unlink(missing_ok=True)
        self._finish()

    def _read_members(self, path: Path, url: str) -> None:
        with zipfile.ZipFile(path) as archive:
            check_whole(path, archive)
            names = [info.filename for info in archive.infolist()[: _MEMBERS + 1]]
            if len(names) > _MEMBERS:
                raise FetchError("too-large", f"the zip has more than {_MEMBERS:,} files")
            wanted = frozenset(dataset_files(names))
            if not wanted and not any(is_inside(name) for name in names):
                raise FetchError("no-pages", "the zip holds no Markdown files")
            unpacked = 0
            for info in archive.infolist():
                if info.filename not in wanted:
                    continue
                with archive.open(info) as member:
                    raw = member.read(FILE + 1)
                unpacked += len(raw)
                if unpacked > self.portal.max_bytes:
                    raise FetchError("decompression-bomb", "the zip unpacks to more than max_bytes")
                self._put(raw, PurePosixPath(info.filename).stem, url)

    def _put(self, raw: bytes, name: str, url: str) -> None:
        try:
            element = parse_element(orjson.dumps(read_page(raw, name)), 0)
        except FetchError as error:
            element = Element(0, raw[:FILE], trouble=Issue(UNREADABLE_PAGE, "", f"{name}: {error.message}"))
        record = source_record(self.portal.id, "jkan", element, url)
        record.identifier = record.identifier or name
        self.run.put(record)

    def _bounded(self, response: Response, limit: int) -> Iterator[bytes]:
        size = 0
        for chunk in self.body(response):
            size += len(chunk)
            yield chunk
            if size > limit:
                raise BodyError("too-large", f"{response.url} has more than {limit // 1024**2} MB")

    def _finish(self) -> None:
        if not self.run.failures:
            self.run.complete()


def _stem(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).stem
