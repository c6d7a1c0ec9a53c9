#!/usr/bin/env python3
"""What the program is made of that others wrote, and under which licences.

  packaging/third_party.py licenses TARGET      their licences with all texts, for people
  packaging/third_party.py bill TARGET FILE     adds the web app's packages to the bill of materials in FILE
  packaging/third_party.py web                  writes packaging/licenses/web.json anew, from assets/ui/node_modules

TARGET is Rust's name of the kind of machine. Crates are those that Cargo.lock pins and that are linked in;
packages are those of assets/ui/package-lock.json that are not for building only. It fails on a licence that
does not let everybody pass the program on under ours.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "packaging/licenses/web.json"
PERMISSIVE = {
    "0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CDLA-Permissive-2.0",
    "ISC", "MIT", "MIT-0", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "Zlib",
}
# What these say about themselves only in a text, or not in a form that is understood.
SAID_ELSEWHERE = {"combine-errors": "MIT", "xmlhttprequest-ssl": "MIT"}
TEXT = re.compile(r"(un)?licen[cs]e|copying|copyright|notice", re.IGNORECASE)
NO_TEXT = {".rs", ".js", ".ts", ".json", ".html", ".toml"}


def permitted(expression):
    """Whether an SPDX expression can be met with permissive licences alone. `/` is an old way to write OR."""
    words = re.findall(r"[()]|[\w.+-]+", expression.replace("/", " OR "))

    def either():
        met = both()
        while words and words[0] == "OR":
            words.pop(0)
            met = both() or met
        return met

    def both():
        met = one()
        while words and words[0] == "AND":
            words.pop(0)
            met = one() and met
        return met

    def one():
        word = words.pop(0)
        if word == "(":
            met = either()
            words.pop(0)
            return met
        if words and words[0] == "WITH":
            del words[:2]  # an exception only ever permits more
        return word in PERMISSIVE

    return either()


def texts_in(folder):
    """The licence texts that lie in a package's folder."""
    files = [file for file in sorted(folder.iterdir()) if TEXT.match(file.name)]
    for inner in [file for file in files if file.is_dir()]:
        files += sorted(inner.rglob("*"))
    read = (file.read_text(errors="replace") for file in files if file.is_file() and file.suffix not in NO_TEXT)
    return [text.replace("\r\n", "\n").strip("\n\f") for text in read]


def standard_text(license, authors):
    """The text of a licence that a package names and does not carry."""
    named = [name for name in re.findall(r"[\w.+-]+", license) if (ROOT / f"packaging/licenses/{name}.txt").exists()]
    if not named:
        raise SystemExit(f"packaging/licenses/ has no text for {license}")
    text = (ROOT / f"packaging/licenses/{named[0]}.txt").read_text().strip("\n")
    return text.replace("<copyright holders>", ", ".join(authors) or "the authors")


def crates(target):
    """What is linked in, without this program itself."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--filter-platform", target]
    known = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    packages = {package["id"]: package for package in known["packages"]}
    needs = {node["id"]: node["deps"] for node in known["resolve"]["nodes"]}
    own = known["resolve"]["root"]
    linked, waiting = set(), [own]
    while waiting:
        for need in needs[waiting.pop()]:
            name = need["pkg"]
            runs = any(kind["kind"] is None for kind in need["dep_kinds"])
            while_building = any("proc-macro" in made["kind"] for made in packages[name]["targets"])
            if runs and not while_building and name not in linked:
                linked.add(name)
                waiting.append(name)
    for package in sorted((packages[name] for name in linked), key=lambda one: (one["name"], one["version"])):
        license = package["license"] or SAID_ELSEWHERE.get(package["name"], "")
        texts = texts_in(Path(package["manifest_path"]).parent)
        texts = texts or [standard_text(license, [re.sub(r" *<.*>", "", author) for author in package["authors"]])]
        yield {"name": package["name"], "version": package["version"], "license": license, "texts": texts,
               "page": package["repository"] or package["homepage"] or sys.exit(f"{package['name']} says nowhere where its sources are")}


def locked_web():
    """Where each package of the web app lies that is not for building only, and its version."""
    lock = json.loads((ROOT / "assets/ui/package-lock.json").read_text())
    wanted = lambda place, one: place and not one.get("dev") and not one.get("peer") and not one.get("optional")
    return {place: one["version"] for place, one in sorted(lock["packages"].items()) if wanted(place, one)}


def page_of(about):
    """Where the sources of a package of the web app are, as its package.json says in one of npm's ways."""
    said = about.get("repository") or about["homepage"]
    said = said["url"] if isinstance(said, dict) else said
    place = re.sub(r"^(git\+)?(https|ssh|git)://(git@)?|^git@|^github:|\.git$", "", said)
    place = place.replace(":", "/", 1)  # As ssh has it.
    return f"https://{place}" if "." in place.split("/")[0] else f"https://github.com/{place}"


def write_web():
    """Notes the licences of the web app's packages, so that packing needs no Node."""
    packages = []
    for place, version in locked_web().items():
        folder = ROOT / "assets/ui" / place
        about = json.loads((folder / "package.json").read_text())
        assert about["version"] == version, f"{place} is not what the lock says; run npm ci in assets/ui"
        license = SAID_ELSEWHERE.get(about["name"]) or about["license"]
        author = about.get("author", "")
        author = author.get("name", "") if isinstance(author, dict) else re.sub(r" *[<(].*", "", author)
        packages.append({"name": about["name"], "version": version, "license": license,
                         "page": page_of(about),
                         "texts": texts_in(folder) or [standard_text(license, [author] if author else [])]})
    WEB.write_text(json.dumps(packages, indent=1, ensure_ascii=False) + "\n")


def runtime():
    """What the compilers add."""
    text = lambda name: (ROOT / f"packaging/licenses/{name}.txt").read_text().strip("\n")
    rust = text("MIT").replace("<copyright holders>", "The Rust Project Contributors")
    return [
        {"name": "GNU C Library", "version": "of Debian 12", "license": "LGPL-2.1-or-later", "texts": [text("LGPL-2.1")],
         "page": "https://sourceware.org/glibc"},
        {"name": "Rust's standard library", "version": "of the compiler", "license": "MIT OR Apache-2.0", "texts": [rust],
         "page": "https://github.com/rust-lang/rust"},
    ]


def web():
    """The packages of the web app as they were noted."""
    packages = json.loads(WEB.read_text())
    name = lambda place: place.rpartition("node_modules/")[2]
    locked = sorted((name(place), version) for place, version in locked_web().items())
    if locked != sorted((package["name"], package["version"]) for package in packages):
        raise SystemExit("packaging/licenses/web.json is not about the packages that assets/ui/package-lock.json "
                         "pins. Run `npm ci` in assets/ui, then `packaging/third_party.py web`, and commit the file.")
    return packages


def licenses(target):
    packages = [*crates(target), *web()]
    refused = [f"{one['name']} {one['version']}: {one['license'] or 'none named'}" for one in packages
               if not permitted(one["license"] or "none")]
    if refused:
        raise SystemExit("These licences can't be met or are not known to packaging/third_party.py:\n" + "\n".join(refused))
    print((ROOT / "packaging/licenses/head.txt").read_text())
    packages = runtime() + packages
    for one in packages:
        print(f"{one['name']} {one['version']}   {one['license']}\n    {one['page']}")
    # One text stands once, whoever broke its lines where.
    users, words = defaultdict(list), {}
    for one in packages:
        for text in one["texts"]:
            same = " ".join(text.split())
            words.setdefault(same, text)
            users[same].append(f"{one['name']} {one['version']}")
    # Those that end alike follow one another, so that they can be packed: most differ in who wrote.
    for same, text in sorted(words.items(), key=lambda one: one[0][::-1]):
        print(f"\n{'=' * 100}\n{', '.join(users[same])}\n{'-' * 100}\n{text}")


def bill(_target, file):
    """The web app's packages beside the crates, and nothing that is another at each build or in each place."""
    # cargo leaves the name out where the folder has it.
    place = re.escape(f"path+file://{ROOT}#") + "(inkspot@)?"
    content = json.loads(re.sub(place, "path+file:///inkspot#", Path(file).read_text()))
    content.pop("serialNumber", None)
    for package in web():
        purl = f"pkg:npm/{package['name'].replace('@', '%40')}@{package['version']}"
        content["components"].append({
            "type": "library", "bom-ref": purl, "name": package["name"], "version": package["version"],
            "scope": "required", "licenses": [{"expression": package["license"]}], "purl": purl,
        })
    Path(file).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


match sys.argv[1:]:
    case ["licenses", target]:
        licenses(target)
    case ["bill", target, file]:
        bill(target, file)
    case ["web"]:
        write_web()
    case _:
        sys.exit(__doc__)
