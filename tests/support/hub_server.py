"""A small Hub on this machine, over plain http, for the real client to talk to: repositories, commits, tags, files.

Models go by their names, Spaces by "spaces/USER/NAME". As the real one, it refuses whoever shows a token that it does
not know, even what everybody may read; and a private repository is for the known ones.
"""

import base64
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import yaml

COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
TOKEN, READ_ONLY, EXPIRED = "hf_writes", "hf_reads", "hf_expired"


@dataclass
class Repository:
    """Commits in order, each with its files; branches and tags point at them; a Space has its hardware."""

    private: bool = False
    hardware: str = ""
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)

    def commit(self, files: dict[str, bytes | None]) -> str:
        """A new commit on main, without the files given as None; returns its name."""
        whole = {**self.commits.get(self.refs.get("main", ""), {}), **files}
        whole = {path: content for path, content in whole.items() if content is not None}
        name = hashlib.sha1(repr((len(self.commits), sorted(whole.items()))).encode()).hexdigest()
        self.commits[name] = whole
        self.refs["main"] = name
        return name


class Hub(ThreadingHTTPServer):
    """The server.

    `silent` accepts and never answers, `silent_for` does so for one file; `truncate` names a file that arrives halved.
    """

    daemon_threads = True

    def __init__(self) -> None:
        """Listens on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repositories: dict[str, Repository] = {}
        self.asked: list[tuple[str, str]] = []
        self.tokens: list[str] = []
        self.free_account = False  # which may create no Space but a static one, or one on ZeroGPU
        self.sent_files: list[list[str]] = []
        self.silent = False
        self.truncate = ""
        self.silent_for = ""
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self._path()
        token = self._token()
        if path == "/api/validate-yaml":
            return self._json(*_judged(json.loads(body)))
        if token not in (TOKEN, READ_ONLY):
            return self._json({"error": "Invalid username or password."}, 401)
        if token == READ_ONLY:
            return self._json({"error": "Forbidden: you need write access"}, 403)
        if path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked['organization']}/{asked['name']}" if asked.get("organization") else asked["name"]
            name = _kept_as(asked.get("type", "model") + "s", name)
            known = name in self.server.repositories
            if asked.get("type") == "space" and self.server.free_account and asked.get("hardware") != "zero-a10g":
                return self._json({"error": "Subscribe to PRO to create a Gradio Space"}, 402)
            if not known:
                self.server.repositories[name] = Repository(hardware=asked.get("hardware", ""))
                if asked.get("type") == "space":  # begins with a first commit
                    self.server.repositories[name].commit({".gitattributes": b""})
            return self._json({"url": f"{self.server.address}/{name}"}, 409 if known else 200)
        kind, user, repo, action, *rest = path.removeprefix("/api/").split("/")
        held = self.server.repositories[_kept_as(kind, f"{user}/{repo}")]
        if action == "preupload":
            return self._json({"files": [self._upload_mode(held, one["path"]) for one in json.loads(body)["files"]]})
        if action == "commit":
            files: dict[str, bytes | None] = {}
            for line in body.decode().splitlines():
                one = json.loads(line)
                if one["key"] == "file":
                    files[one["value"]["path"]] = base64.b64decode(one["value"]["content"])
                elif one["key"] == "deletedFile":
                    files[one["value"]["path"]] = None
            self.server.sent_files.append(sorted(files))
            oid = held.commit(files)
            return self._json({"success": True, "commitOid": oid, "commitUrl": f"{self.server.address}/c/{oid}"})
        if action == "tag":
            tag = json.loads(body)["tag"]
            if tag in held.refs:
                return self._json({"error": "Tag reference exists already"}, 409)
            held.refs[tag] = held.refs.get(unquote(rest[0]), unquote(rest[0]))
            return self._json({})
        return self._json({"error": "no such thing"}, 404)

    def do_GET(self) -> None:
        path, token = self._path(), self._token()
        if token == EXPIRED:
            return self._json({"error": "User Access Token is expired"}, 401)
        if token not in ("", TOKEN, READ_ONLY):
            why = "Invalid credentials in Authorization header"
            return self._json({"error": why}, 401, {"X-Error-Message": why})
        if path.startswith(("/api/models/", "/api/spaces/")):
            return self._info(path)
        user, repo, _, revision, *name = path.strip("/").split("/")
        held = self._shown(f"{user}/{repo}")
        commit = held and held.refs.get(revision, revision)
        content = held and held.commits.get(commit, {}).get(unquote("/".join(name)))
        if content is None:
            return self._json({"error": "Entry not found"}, 404, {"X-Error-Code": "EntryNotFound"})
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{hashlib.sha1(content).hexdigest()}"')
        self.send_header("X-Repo-Commit", commit)
        self.end_headers()
        if self.command == "GET":
            cut = len(content) // 2 if self.server.truncate and path.endswith(self.server.truncate) else len(content)
            self.wfile.write(content[:cut])

    do_HEAD = do_GET

    def _info(self, path: str) -> None:
        kind, user, repo, *rest = path.removeprefix("/api/").split("/")
        held = self._shown(_kept_as(kind, f"{user}/{repo}"))
        if held is None:
            status = 404 if self._token() else 401
            return self._json({"error": "Repository not found"}, status, {"X-Error-Code": "RepoNotFound"})
        revision = unquote(rest[1]) if len(rest) > 1 else "main"
        commit = held.refs.get(revision, revision)
        if commit not in held.commits:
            return self._json({"error": "Invalid rev id"}, 404, {"X-Error-Code": "RevisionNotFound"})
        if rest[:1] == ["tree"]:
            files = held.commits[commit].items()
            return self._json([{"type": "file", "path": n, "size": len(c), "oid": "0" * 40} for n, c in files])
        siblings = [{"rfilename": name, "size": len(content)} for name, content in held.commits[commit].items()]
        self._json({"id": f"{user}/{repo}", "sha": commit, "siblings": siblings, "private": False, "tags": []})

    def _upload_mode(self, held: Repository, path: str) -> dict:
        content = held.commits.get(held.refs.get("main", ""), {}).get(path)
        oid = None if content is None else hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        return {"path": path, "uploadMode": "regular", "shouldIgnore": False, "oid": oid}

    def _shown(self, name: str) -> Repository | None:
        """A repository, unless it is private and nobody known asks."""
        held = self.server.repositories.get(name)
        return held if held and (self._token() or not held.private) else None

    def _token(self) -> str:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.tokens.append(token)
        return token

    def _path(self) -> str:
        self.server.asked.append((self.command, self.path))
        while self.server.silent or (self.server.silent_for and self.path.endswith(self.server.silent_for)):
            time.sleep(0.05)
        return urlsplit(self.path).path

    def _json(self, answer: dict, status: int = 200, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


def _kept_as(kind: str, name: str) -> str:
    return name if kind == "models" else f"{kind}/{name}"


def _judged(asked: dict) -> tuple[dict, int]:
    """What the Hub says of a card's front matter: what it refuses, by the rules of its documentation."""
    content = asked["content"].split("---")
    front = yaml.safe_load(content[1]) if len(content) > 2 else {}
    errors = []
    if asked["repoType"] == "space":
        errors += [
            f'"{name}" is required' for name in ("title", "sdk", "emoji", "colorFrom", "colorTo") if not front.get(name)
        ]
        errors += [f'"{n}" is no colour' for n in ("colorFrom", "colorTo") if front.get(n) not in COLOURS]
        if len(front.get("short_description", "")) > 60:
            errors.append('"short_description" length must be less than or equal to 60 characters long')
        if not re.fullmatch(r"[0-9]+[.][0-9]+[.][0-9]+", str(front.get("sdk_version"))):
            errors.append('"sdk_version" must be a version')
    for model in front.get("model-index", []):
        for result in model["results"]:
            if not (result["task"]["type"] and result["dataset"]["name"] and result["metrics"]):
                errors.append('"model-index" has an incomplete result')
    return {"errors": [{"message": text} for text in errors], "warnings": []}, 400 if errors else 200
