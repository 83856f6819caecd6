#!/usr/bin/env python3
"""Adds to a copy of class/ what no repository can hold: special files, odd names and archives.

usage: make_class.py CLASS
"""
import io
import os
import socket
import stat
import sys
import tarfile
import warnings
import zipfile

os.chdir(sys.argv[1])
HONEST = open("honest-python/server.py", "rb").read()
HONEST_C = open("honest-c/server.c", "rb").read()
FORGED = b"raise SystemExit('the second file of this name')\n"


def special_files():
    """A folder with everything that is no file of one's own, beside an honest program."""
    os.mkdir("special-files")
    os.chdir("special-files")
    open("server.py", "wb").write(HONEST)
    os.symlink("/etc/passwd", "link")
    os.symlink("/", "root")
    open("../.answers", "wb").write(HONEST_C)
    os.link("../.answers", "server.c")  # somebody else's work
    os.mkfifo("fifo")
    socket.socket(socket.AF_UNIX).bind("socket")
    with open("sparse", "wb") as file:
        file.truncate(1 << 40)
    os.chdir("..")


def many_files():
    """More names than any program has."""
    os.mkdir("many-files")
    open("many-files/server.py", "wb").write(HONEST)
    for number in range(5000):
        open(f"many-files/{number}.py", "wb").close()


def odd_names():
    """Names that mean something to shells, compilers and terminals; those that can be names are compiled with."""
    os.mkdir("odd-names")
    open("odd-names/server.c", "wb").write(HONEST_C)
    for number, name in enumerate([
            b"-rf.c", b"@file.c", b"a b.c", b"$(touch owned).c", b"`id`.c", b";id;.c", b"'.c", b'".c', b"*.c",
            "\u202etxt.c".encode(), "한글.c".encode("cp949"), b"x" * 253 + b".c"]):
        open(b"odd-names/" + name, "wb").write(b"int odd_%d;\n" % number)
    for name in (b"line\nend.c", b"\x1b]0;owned\x07.c", b"back\\slash.c", b"::error::name%0A.md", b"=1+1.csv",
                 b"<script>alert('file')<\x0b.html"):
        open(b"odd-names/" + name, "wb").write(b"#error this name was taken\n" if name.endswith(b".c") else b"")


def zip_names():
    """Names that lead out of a folder, set-id bits, and two files of one name of which the first counts."""
    with warnings.catch_warnings(), zipfile.ZipFile("zip-names.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        archive.writestr("server.py", HONEST)
        archive.writestr("server.py", FORGED)
        archive.writestr("SERVER.PY", FORGED)
        for name in ("../escaped-up", "../../../../../../tmp/escaped-far", "/tmp/escaped-absolute", "a/../../escaped",
                     "C:\\escaped-drive", "..\\escaped-windows"):
            archive.writestr(name, b"owned")
        setuid = zipfile.ZipInfo("setuid")
        setuid.external_attr = (stat.S_IFREG | 0o6755) << 16
        archive.writestr(setuid, b"#!/bin/sh\n")
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, b"/etc/passwd")
        archive.writestr("nul-at#-here", b"owned")
        archive.writestr("bytes-###", b"owned")
    raw = open("zip-names.zip", "rb").read()
    raw = raw.replace(b"nul-at#-here", b"nul-at\0-here").replace(b"bytes-###", b"bytes-\xff\xfe\xfd")
    open("zip-names.zip", "wb").write(raw)


def zip_bomb():
    """A kilobyte for every megabyte."""
    with zipfile.ZipFile("zip-bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("server.py", HONEST)
        for number in range(40):
            archive.writestr(f"{number}.txt", b"\0" * (10 << 20))


def tar_links():
    """A link, and then a file written through it; hard links and devices."""
    def entry(name, kind=tarfile.REGTYPE, target="", data=b"", mode=0o6777):
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.mode, info.size = kind, target, mode, len(data)
        archive.addfile(info, io.BytesIO(data))
    with tarfile.open("tar-links.tar.gz", "w:gz") as archive:
        entry("server.py", data=HONEST)
        entry("out", tarfile.SYMTYPE, "/tmp")
        entry("out/escaped-through-link", data=b"owned")
        entry("up", tarfile.SYMTYPE, "..")
        entry("up/escaped-through-up", data=b"owned")
        entry("passwd", tarfile.LNKTYPE, "/etc/passwd")
        entry("passwd", data=b"owned")
        entry("disk", tarfile.BLKTYPE)
        entry("pipe", tarfile.FIFOTYPE)
        entry("/tmp/escaped-absolute", data=b"owned")
        entry("../escaped-up", data=b"owned")


for make in (special_files, many_files, odd_names, zip_names, zip_bomb, tar_links):
    make()
