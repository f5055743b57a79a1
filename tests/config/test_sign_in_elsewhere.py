"""Sign-in by OpenID Connect, in a process of its own, because which apps there are is settled at its start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.migrated import place
from tests.installation import ROOT, free_port

PLAY = """
import json, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, HTTPServer

import django
from django.conf import settings
django.setup()
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from centres.models import Person

told = {}

class Provider(BaseHTTPRequestHandler):
    def answer(self, content):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def do_GET(self):
        here = settings.OIDC_SERVER
        if "well-known" in self.path:
            doors = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{here}/{door}" for name, door in doors.items()}
            self.answer({"issuer": here, "jwks_uri": here + "/keys", **found})
        else:
            self.answer(told)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"access_token": "a", "token_type": "Bearer"})

    def log_message(self, *_):
        pass

threading.Thread(target=HTTPServer(("127.0.0.1", PORT), Provider).serve_forever, daemon=True).start()
setup_test_environment()
call_command("prepare", verbosity=0)
Person.objects.create_user("olu", email="olu@example.com", password="a long pass phrase")

def sign_in(**who):
    told.clear()
    told.update(who)
    client = Client()
    page = client.get("/sign-in/")
    assert "House of Olu" in page.content.decode()
    asked = client.post("/sign-in/oidc/elsewhere/login/")
    assert asked.status_code == 302, asked.content
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(asked["Location"]).query))
    assert "code_challenge" in query
    back = client.get("/sign-in/oidc/elsewhere/login/callback/", {"code": "c", "state": query["state"]}, follow=True)
    return client.get("/my/").status_code, back.content.decode()

assert f"form-action 'self' {settings.OIDC_SERVER}" in Client().get("/sign-in/")["Content-Security-Policy"]
status, page = sign_in(sub="1", email="nobody@example.com", email_verified=True)
assert status == 302 and "账号由邀请产生" in page, page
status, page = sign_in(sub="2", email="olu@example.com", email_verified=False)
assert status == 302, page
status, page = sign_in(sub="3", email="olu@example.com", email_verified=True)
assert status == 200, page
assert Person.objects.count() == 1
print("signed in")
"""


@pytest.mark.long
@pytest.mark.slow
def test_who_is_known_by_a_verified_address_signs_in_elsewhere_and_nobody_else(tmp_path: Path) -> None:
    port = free_port()
    place(tmp_path / "zhiheng.sqlite3")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ZHIHENG_HOME": str(tmp_path),
        "ZHIHENG_OIDC_SERVER": f"http://127.0.0.1:{port}",
        "ZHIHENG_OIDC_NAME": "House of Olu",
        "ZHIHENG_OIDC_CLIENT_ID": "zhiheng",
        "ZHIHENG_OIDC_CLIENT_SECRET": "s",
    }
    told = subprocess.run(
        [sys.executable, "-c", PLAY.replace("PORT", str(port))],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip().endswith("signed in"), told.stderr[-3000:]
