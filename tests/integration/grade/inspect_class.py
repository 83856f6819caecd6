"""What other programs read in the files of a graded class, as JSON: Python's own XML, CSV and zip, and PIL."""

import csv
import json
import pathlib
import sys
import xml.etree.ElementTree
import zipfile


def pictures(folder):
    """Size, number of colours, and how much of the picture is not its commonest colour."""
    from PIL import Image

    found = {}
    for student in pathlib.Path(folder).iterdir():
        file = student / f"{student.name}.png"
        if not file.exists():
            continue
        with Image.open(file) as image:
            image.load()
            colours = image.convert("RGB").getcolors(maxcolors=1 << 24)
            pixels = image.width * image.height
            ink = 1 - max(count for count, _ in colours) / pixels
            found[student.name] = {"width": image.width, "height": image.height, "colours": len(colours), "ink": ink}
    return found


def reports(folder):
    folder = pathlib.Path(folder)
    junit = {}
    for case in xml.etree.ElementTree.parse(folder / "junit.xml").getroot().iter("testcase"):
        scenario, student = case.get("classname").rsplit(".", 1)
        outcome = {"failure": "failed", "error": "inconclusive", "skipped": "not_run"}
        word = next((outcome[child.tag] for child in case if child.tag in outcome), "passed")
        junit.setdefault(student, {})[f"{scenario}/{case.get('name')}"] = word
    with open(folder / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        gradebook = {row["학번"]: row for row in csv.DictReader(file)}
    with open(folder / "canvas.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[2:]
    return {"junit": junit, "gradebook": gradebook, "canvas": {row[2]: row[5] for row in rows}}


def archive(file, into):
    with zipfile.ZipFile(file) as zipped:
        if zipped.testzip() is not None:
            raise SystemExit("a checksum is wrong")
        zipped.extractall(into)
        return zipped.namelist()


if __name__ == "__main__":
    print(json.dumps({"pictures": pictures, "reports": reports, "archive": archive}[sys.argv[1]](*sys.argv[2:])))
