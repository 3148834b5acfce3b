"""What people do at the clinic of the appliance test, over HTTPS and by forms, as a browser without
scripts does it. What it signed in with is kept in a file, so that a restored clinic must know it.

    clinic.py KEPT URL CA set-up CODE
    clinic.py KEPT URL CA book           prints the path of the visit
    clinic.py KEPT URL CA find PATH      the visit must be there, with its patient
    clinic.py KEPT URL CA word WORD      types the test word of the recovery sheet back
    clinic.py KEPT URL CA mail HOST      sends a test mail through HOST, port 2525
    clinic.py KEPT URL CA open SECONDS   waits until the clinic answers, and prints how long it took
"""

import datetime
import http.client
import json
import ssl
import sys
import time
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

PATIENT = "Ines Okafor"


class Forms(HTMLParser):
    """The forms of a page: where they go, what stands in them, and what their buttons send."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.words, self.select, self.area = [], [], None, None
        self.feed(page)
        self.words = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "form":
            self.forms.append({"action": at.get("action", ""), "method": at.get("method", "get"), "fields": {}})
        if not self.forms or "name" not in at:
            if tag == "option" and self.select and self.forms:
                fields = self.forms[-1]["fields"]
                if "selected" in at or self.select not in fields:
                    fields[self.select] = at.get("value", "")
            return
        fields, name = self.forms[-1]["fields"], at["name"]
        if tag == "input":
            if at.get("type") in ("checkbox", "radio") and "checked" not in at:
                return
            if at.get("type") != "submit":
                fields[name] = at.get("value", "")
        elif tag == "select":
            self.select = name
        elif tag == "textarea":
            fields[name] = ""

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None

    def handle_data(self, data):
        self.words.append(data)


class Browser:
    def __init__(self, kept, url, ca):
        self.kept = Path(kept)
        self.cookies = json.loads(self.kept.read_text()) if self.kept.exists() else {}
        self.url = urllib.parse.urlsplit(url)
        self.trust = ssl.create_default_context(cafile=ca)
        self.path = "/"

    def ask(self, method, path, fields=None):
        house = http.client.HTTPSConnection(self.url.hostname, self.url.port or 443, context=self.trust, timeout=60)
        headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin(), "Sec-Fetch-Site": "same-origin"}
        house.request(method, path, body, headers)
        answer = house.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        self.kept.write_text(json.dumps(self.cookies))
        house.close()
        if answer.status in (302, 303):
            return self.ask("GET", answer.headers["Location"])
        self.path, self.status = path, answer.status
        self.page = Forms(text)
        return self

    def origin(self):
        return f"{self.url.scheme}://{self.url.netloc}"

    def visit(self, path):
        self.ask("GET", path)
        if self.status != 200:
            sys.exit(f"{path}: {self.status}: {self.page.words[:400]}")
        return self

    def send(self, action, **typed):
        """Sends the form that goes to this path, with what stands in it and what is typed."""
        form = next((f for f in self.page.forms if f["action"].split("?")[0] == action), None)
        if form is None:
            sys.exit(f"{self.path} has no form for {action}: {self.page.words[:400]}")
        self.ask("POST", form["action"], form["fields"] | typed)
        if self.status != 200:
            sys.exit(f"{action}: {self.status}: {self.page.words[:600]}")
        return self

    def sees(self, words):
        if words not in self.page.words:
            sys.exit(f"{self.path} does not say \"{words}\": {self.page.words[:600]}")


def set_up(browser, code):
    browser.visit("/setup").send(
        "/setup", code=code, name="Helena Marsh", email="helena@example.org", password="a long way to the river"
    )
    browser.sees("Your clinic")
    browser.send("/setup/clinic", name="Mill Lane Practice", do="save").sees("What do you offer?")
    browser.send("/setup/services").sees("When do you see people?")
    browser.send("/setup/hours").sees("Patients can book now")


def book(browser):
    day = datetime.date.today() + datetime.timedelta(days=7)
    asked = urllib.parse.urlencode({"date": day.isoformat(), "time": "10:00", "new": PATIENT})
    browser.visit(f"/staff/visits/new?{asked}").send("/staff/visits", phone="+44 7700 900123").sees(PATIENT)
    # What was done can be undone, and that form names the visit.
    undo = next((f["action"] for f in browser.page.forms if f["action"].endswith("/undo")), None)
    print(undo.removesuffix("/undo") if undo else sys.exit(f"nothing was booked: {browser.page.words[:600]}"))


def find(browser, path):
    browser.visit(path).sees(PATIENT)


def word(browser, typed):
    browser.visit("/staff/settings/backups").send("/staff/settings/backups/word", word=typed)
    browser.sees("You have it on paper.")


def mail(browser, host):
    to = {"host": host, "port": "2525", "security": "plain", "from": "desk@clinic.test", "to": "you@clinic.test"}
    browser.visit("/staff/settings/mail").send("/staff/settings/mail", **to, do="test").sees("It works.")


def wait(browser, seconds):
    begun = time.monotonic()
    while True:
        try:
            browser.ask("GET", "/healthz")
            if browser.status == 200:
                print(f"{time.monotonic() - begun:.2f}")
                return
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() - begun > float(seconds):
            sys.exit("the clinic does not answer")
        time.sleep(0.05)


VERBS = {"set-up": set_up, "book": book, "find": find, "word": word, "mail": mail, "open": wait}


def main():
    kept, url, ca, verb, *rest = sys.argv[1:]
    VERBS[verb](Browser(kept, url, ca), *rest)


main()
