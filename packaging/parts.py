"""What the binary is made of: anteroom.cdx.json for programs (CycloneDX 1.5), LICENCES for people.

    parts.py TARGET FOLDER

Read from the lock file and from the crates themselves; nothing is fetched, and the same lock gives
the same bytes.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from datetime import datetime, timezone
from pathlib import Path

# What crates call the files that say under what they may be used.
LICENCE = re.compile(r"^(licen[cs]es?|copying|copyright|notice|unlicen[cs]e)([-_. ].*)?$", re.IGNORECASE)
# Sources in other languages that a crate brings along, each with a licence of its own.
DEEPER = ("aws-lc", "c_src/mimalloc")
# Beside the crates: Rust's own library (MIT OR Apache-2.0) and the C library (MIT) are in the binary.
BESIDE = Path("packaging/licences")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def spdx(expression):
    """Old manifests write MIT/Apache-2.0 and mean OR."""
    return re.sub(r"\s*/\s*", " OR ", expression or "")


def reach(metadata):
    """The packages that the binary needs, and of these what only builds it: {id: is_linked}."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    kinds = {p["id"]: {k for t in p["targets"] for k in t["kind"]} for p in metadata["packages"]}
    root = metadata["resolve"]["root"]
    found = {}
    todo = [(root, True)]
    while todo:
        name, linked = todo.pop()
        if found.get(name) or (name in found and not linked):
            continue
        found[name] = linked
        for dep in nodes[name]["deps"]:
            for kind in {k["kind"] for k in dep["dep_kinds"]} - {"dev"}:
                todo.append((dep["pkg"], linked and kind is None and "proc-macro" not in kinds[dep["pkg"]]))
    return root, found, nodes


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, linked, checksum):
    made = {
        "type": "application" if package["source"] is None else "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "scope": "required" if linked else "excluded",
        "purl": purl(package),
    }
    if package["description"]:
        made["description"] = " ".join(package["description"].split())
    if package["license"]:
        made["licenses"] = [{"expression": spdx(package["license"])}]
    if checksum:
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def bill(packages, root, found, nodes, checksums, rust):
    ours = component(packages[root], True, None)
    del ours["scope"]
    listed = sorted((p for p in found if p != root), key=lambda p: purl(packages[p]))
    # Rust's own library has no lock entry.
    library = {
        "type": "library",
        "bom-ref": f"rust-std@{rust}",
        "name": "rust-std",
        "version": rust,
        "scope": "required",
        "description": "The Rust standard library, with the C library musl in it",
        "licenses": [{"expression": "(MIT OR Apache-2.0) AND MIT"}],
    }
    edges = []
    for name in [root, *listed]:
        to = {d["pkg"] for d in nodes[name]["deps"] if any(k["kind"] != "dev" for k in d["dep_kinds"])}
        needs = sorted(purl(packages[d]) for d in to if d in found)
        edges.append({"ref": purl(packages[name]), "dependsOn": needs + ([library["bom-ref"]] if name == root else [])})
    lock = Path("Cargo.lock").read_text()
    at = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, lock)}",
        "version": 1,
        "metadata": {"timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": ours},
        "components": [component(packages[p], found[p], checksums.get(purl(packages[p]))) for p in listed] + [library],
        "dependencies": edges,
    }


def texts(folder):
    """The licence files of a crate, by name."""
    places = [folder, *(folder / deeper for deeper in DEEPER)]
    for place in places:
        if place.is_dir():
            for file in sorted(place.iterdir()):
                if file.is_file() and LICENCE.match(file.name):
                    yield file.read_text(errors="replace").strip()
        licences = place / "LICENSES"
        if licences.is_dir():
            yield from (f.read_text(errors="replace").strip() for f in sorted(licences.iterdir()) if f.is_file())


def licences(packages, found, root):
    """Every text once, above it those who use it."""
    users = {}
    bare = []
    for name in sorted(found, key=lambda p: purl(packages[p])):
        package = packages[name]
        if name == root:
            continue
        who = f"{package['name']} {package['version']} ({spdx(package['license']) or 'see its file'})"
        kept = list(dict.fromkeys(texts(Path(package["manifest_path"]).parent)))
        if not kept:
            bare.append(f"{who}, by {', '.join(package['authors']) or 'its authors'}")
        for text in kept:
            users.setdefault(text, []).append(who)
    for file in sorted(BESIDE.iterdir()):
        users.setdefault(file.read_text().strip(), []).append(f"{file.name} (MIT)")
    for file in sorted(Path("assets").glob("*/LICEN*")):
        users.setdefault(file.read_text().strip(), []).append(f"assets/{file.parent.name}")
    parts = ["Anteroom contains or is built with what follows. Its own licence is AGPL-3.0-only.\n"]
    if bare:
        parts.append("These bring no text along; they are under the licences named, whose texts stand below:\n")
        parts += [f"  {who}" for who in bare] + [""]
    for text, names in sorted(users.items(), key=lambda item: item[1]):
        parts += ["-" * 100, *(f"  {who}" for who in names), "", text, ""]
    return "\n".join(parts)


def main():
    target, folder = sys.argv[1], Path(sys.argv[2])
    metadata = json.loads(run("cargo", "metadata", "--format-version=1", "--locked", "--filter-platform", target))
    packages = {p["id"]: p for p in metadata["packages"]}
    root, found, nodes = reach(metadata)
    lock = tomllib.loads(Path("Cargo.lock").read_text())
    checksums = {f"pkg:cargo/{p['name']}@{p['version']}": p.get("checksum") for p in lock["package"]}
    rust = run("rustc", "--version").split()[1]
    made = bill(packages, root, found, nodes, checksums, rust)
    (folder / "anteroom.cdx.json").write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")
    (folder / "LICENCES").write_text(licences(packages, found, root))


main()
