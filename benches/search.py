"""Asks two servers of one market and tells how long they took.

    search.py FIRST SECOND SECONDS

FIRST and SECOND are addresses. Uses the demo's own accounts.
"""

import concurrent.futures
import http.client
import json
import random
import sys
import time
import urllib.parse

servers, seconds = sys.argv[1:3], float(sys.argv[3])
PASSWORD = "prayer flags over riyue 7"


class Client:
    """One connection that is kept."""

    def __init__(self, server):
        self.connection = http.client.HTTPConnection(server.removeprefix("http://"))

    def ask(self, method, path, body=None, token=None, etag=None):
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if etag:
            headers["if-match"] = etag
        data = None if body is None else json.dumps(body)
        self.connection.request(method, "/api/v1/" + path, data, headers)
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null"), answer.headers.get("etag")

    def sign_in(self, name):
        login = {"email": f"{name}@demo.example", "password": PASSWORD}
        return self.ask("POST", "sessions", login)[1]["access_token"]


def three_words(item):
    """Three words that stand in a listing, two filters, and facets."""
    words = [item["title"][:2], *(keyword[:4] for keyword in item["keywords"])]
    words += [item["abstract"][at:at + 2] for at in (0, 2, 4)]
    q = urllib.parse.quote(" ".join(words[:3]))
    return f"listings?q={q}&kind={item['kind']}&domain={item['domain']}&facets=true"


def load(name, paths, clients, until):
    """Questions of so many clients, half of them to each server, until told to end."""

    def one(number):
        client, took, refused = Client(servers[number % 2]), [], 0
        lots = random.Random(number)
        while not until():
            begun = time.monotonic()
            status, _, _ = client.ask("GET", lots.choice(paths))
            took.append(time.monotonic() - begun)
            refused += status != 200
        return took, refused

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(one, range(clients)))
    took = sorted(each for part, _ in parts for each in part)
    at = lambda share: 1000 * took[min(len(took) - 1, int(share * len(took)))]
    print(f"| {name}, {clients} at once | {len(took)} | {at(.5):.1f} | {at(.99):.1f} "
          f"| {1000 * took[-1]:.1f} | {sum(refused for _, refused in parts)} |", flush=True)


def lasting():
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


first, second = map(Client, servers)
items, cursor = [], ""
while len(items) < 1000:
    page = first.ask("GET", f"listings?limit=100{cursor}")[1]
    items += page["items"]
    if page["next_cursor"] is None:
        break
    cursor = "&cursor=" + page["next_cursor"]
texts = [three_words(item) for item in items]
wide = ["listings?q=" + urllib.parse.quote("技术 工艺 参数") + "&kind=result&trl_min=4&facets=true"]

print("| question | asked | p50 ms | p99 ms | slowest ms | refused |")
print("| --- | --- | --- | --- | --- | --- |")
for clients in (1, 8):
    load("three words, two filters, facets", texts, clients, lasting())
    load("wide: common words, two filters, facets", wide, clients, lasting())

# What is withdrawn is gone on both.
owner, operator = first.sign_in("university"), first.sign_in("operator")
gone = []
for number in range(20):
    title = f"昙花一现之{number}"
    form = {"kind": "result", "title": title, "abstract": "只为量时而写。", "domain": "other",
            "region": "630104", "trl": 4, "transfer_modes": ["licence_ordinary"],
            "price": {"mode": "negotiable"}, "non_secret_declared": True}
    _, made, etag = first.ask("POST", "listings", form, owner)
    path = f"listings/{made['id']}"
    etag = first.ask("POST", f"{path}/submit", {}, owner, etag)[2]
    etag = first.ask("POST", f"{path}/publish", {}, operator, etag)[2]
    question = f"listings?count=true&q={urllib.parse.quote(title)}"
    for client in (first, second):
        while not client.ask("GET", question)[1]["total"]:
            time.sleep(0.01)
    status, _, _ = first.ask("POST", f"{path}/withdraw", {}, owner, etag)
    assert status == 200, status
    withdrawn = time.monotonic()
    for client in (second, first):
        while True:
            found = client.ask("GET", question)[1]
            if not found["items"] and not found["total"]:
                break
    gone.append(time.monotonic() - withdrawn)
print(f"\nwithdrawn, gone on both servers, list and count: {1000 * max(gone):.0f} ms at the latest\n")
