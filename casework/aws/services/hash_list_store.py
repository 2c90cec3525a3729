"""The lists of known material in their bucket, and what one process holds of them.

    catalogue.json      which lists are in force, and the versions that went
    lists/{content}     the packed hashes of a list, by their SHA-256

A list is never overwritten, so a version that was read once is not read again. Without a catalogue
there are no lists; where there was one and somebody deleted it, that is a failure.
"""

from __future__ import annotations

import hashlib
import time
from typing import Final

from pydantic import ValidationError

from casework.aws.services.clients import aws_client
from casework.aws.services.day_seal_store import list_keys
from casework.aws.services.service_errors import code_of
from casework.hash_lists.catalogue import HashList, HashListCatalogue, ListKind, iter_hashes

CATALOGUE_OBJECT_KEY: Final = "catalogue.json"
HASH_LIST_OBJECT_PREFIX: Final = "lists/"
CACHE_SECONDS: Final = 60
"""How long a process goes by the catalogue that it read: so soon a new list is asked, and one that
was withdrawn is not."""


class HashListUnreadable(Exception):
    """The catalogue or a list is not there, or is not what was loaded."""

    error_code = "ListNotReadable"


def hash_list_object_key(content: str) -> str:
    """Where the packed hashes with this digest are."""
    return f"{HASH_LIST_OBJECT_PREFIX}{content}"


def read_catalogue(bucket: str) -> HashListCatalogue:
    """Which lists are in force; raises HashListUnreadable."""
    content = _content(bucket, CATALOGUE_OBJECT_KEY)
    if content is None:
        if _was_there(bucket, CATALOGUE_OBJECT_KEY):
            raise HashListUnreadable("the catalogue")
        return HashListCatalogue()
    try:
        return HashListCatalogue.model_validate_json(content)
    except ValidationError:
        raise HashListUnreadable("the catalogue") from None


def read_hash_list(bucket: str, listed: HashList) -> bytes:
    """The packed hashes of a list; raises HashListUnreadable where they are not what was loaded."""
    content = _content(bucket, hash_list_object_key(listed.content))
    if content is None or hashlib.sha256(content).hexdigest() != listed.content:
        raise HashListUnreadable("a list")
    return content


def put_hash_list(bucket: str, content: bytes) -> str:
    """Store packed hashes under their digest, which is returned; the same ones again change
    nothing."""
    digest = hashlib.sha256(content).hexdigest()
    aws_client("s3").put_object(Bucket=bucket, Key=hash_list_object_key(digest), Body=content)
    return digest


def put_catalogue(bucket: str, catalogue: HashListCatalogue) -> None:
    """Store which lists are in force: from now on they are asked."""
    told = catalogue.model_dump_json(indent=1).encode()
    aws_client("s3").put_object(Bucket=bucket, Key=CATALOGUE_OBJECT_KEY, Body=told)


def find_orphaned_objects(bucket: str, catalogue: HashListCatalogue) -> list[str]:
    """The objects of lists that are no longer in force."""
    named = {each.content for each in catalogue.lists}
    return [
        hash_list_object_key(each)
        for each in list_keys(bucket, HASH_LIST_OBJECT_PREFIX)
        if each not in named
    ]


def _content(bucket: str, key: str) -> bytes | None:
    try:
        content: bytes = aws_client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except Exception as error:
        if code_of(error) not in {"NoSuchKey", "404"}:
            raise
        return None
    return content


def _was_there(bucket: str, key: str) -> bool:
    """Whether an object was deleted: its versions stay, or the mark of its deletion."""
    found = aws_client("s3").list_object_versions(Bucket=bucket, Prefix=key, MaxKeys=1)
    return bool(found.get("Versions") or found.get("DeleteMarkers"))


class HashListCache:
    """What a process holds of the lists of a bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._catalogue, self._until = HashListCatalogue(), 0.0
        self._files: dict[str, bytes] = {}
        self._pictures: dict[str, list[int]] = {}
        self._broken: dict[str, float] = {}
        """The lists that could not be read, and until when that is gone by: a large one is not read
        for each file."""

    def catalogue(self) -> HashListCatalogue:
        """The lists in force, at most `CACHE_SECONDS` old; raises HashListUnreadable."""
        if time.monotonic() >= self._until:
            self._catalogue = read_catalogue(self._bucket)
            self._until = time.monotonic() + CACHE_SECONDS
            named = {each.content for each in self._catalogue.lists}
            for held in (self._files, self._pictures):
                for content in held.keys() - named:
                    del held[content]
        return self._catalogue

    def files(self, listed: HashList) -> bytes:
        """The packed hashes of a list of files; raises HashListUnreadable."""
        if listed.content not in self._files:
            self._files[listed.content] = self._read(listed)
        return self._files[listed.content]

    def pictures(self, listed: HashList) -> list[int]:
        """The hashes of a list of pictures as numbers; raises HashListUnreadable."""
        if listed.content not in self._pictures:
            rows = iter_hashes(self._read(listed), ListKind.PDQ)
            self._pictures[listed.content] = [int.from_bytes(each) for each in rows]
        return self._pictures[listed.content]

    def _read(self, listed: HashList) -> bytes:
        if time.monotonic() < self._broken.get(listed.content, 0.0):
            raise HashListUnreadable("a list")
        try:
            return read_hash_list(self._bucket, listed)
        except Exception:
            self._broken[listed.content] = time.monotonic() + CACHE_SECONDS
            raise
