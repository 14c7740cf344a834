"""Asks a server for matches, and PostgreSQL for the same, and tells how long they took.

    matching.py SERVER DATABASE SECONDS

SERVER is an address, DATABASE a connection string. Uses the demo's own accounts.
"""

import concurrent.futures
import http.client
import json
import random
import subprocess
import sys
import time

server, database, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
PASSWORD = "prayer flags over riyue 7"


class Client:
    """One connection that is kept."""

    def __init__(self):
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


def psql(*commands):
    arguments = [argument for command in commands for argument in ("-c", command)]
    command = ["psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", database, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def row(name, took, refused=0):
    took = sorted(took)
    at = lambda share: 1000 * took[min(len(took) - 1, int(share * len(took)))]
    print(f"| {name} | {len(took)} | {at(.5):.1f} | {at(.99):.1f} | {1000 * took[-1]:.1f} "
          f"| {refused} |", flush=True)


lots = random.Random(1)
ids = psql("SELECT listing_id FROM match_documents WHERE state = 'published' "
           "ORDER BY md5(listing_id::text) LIMIT 2000").split()
broker = Client().sign_in("broker")


def load(clients):
    end = time.monotonic() + seconds

    def one(number):
        client, took, refused, lots = Client(), [], 0, random.Random(number)
        while time.monotonic() < end:
            begun = time.monotonic()
            status, _, _ = client.ask("GET", f"listings/{lots.choice(ids)}/matches", token=broker)
            took.append(time.monotonic() - begun)
            refused += status != 200
        return took, refused

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        parts = list(pool.map(one, range(clients)))
    took = [each for part, _ in parts for each in part]
    row(f"list_matches, {clients} at once", took, sum(refused for _, refused in parts))


print("| question | asked | p50 ms | p99 ms | slowest ms | refused |")
print("| --- | --- | --- | --- | --- | --- |")
for clients in (1, 4):
    load(clients)

# PostgreSQL cuts no Chinese: pairs of characters are its words here, as they are one of ours.
PAIRS = """CREATE OR REPLACE FUNCTION pg_temp.pairs(said text) RETURNS text[] LANGUAGE sql IMMUTABLE
    AS $$ SELECT coalesce(array_agg(DISTINCT pair), '{}')
            FROM generate_series(1, length(said) - 1) n, substr(said, n, 2) pair
           WHERE pair ~ '^[[:alnum:]]{2}$' $$"""
begun = time.monotonic()
psql(PAIRS,
     "DROP TABLE IF EXISTS bench_texts",
     """CREATE UNLOGGED TABLE bench_texts AS
        SELECT listing_id, side, pg_temp.pairs(concat_ws(' ', facts->>'title', facts->>'summary',
               facts->>'description', facts->>'keywords')) AS pairs
          FROM match_documents WHERE state = 'published'""",
     "ALTER TABLE bench_texts ADD said tsvector",
     "UPDATE bench_texts SET said = array_to_tsvector(pairs)",
     "CREATE INDEX ON bench_texts USING gin (said)",
     "CREATE INDEX ON bench_texts (listing_id)",
     "VACUUM ANALYZE bench_texts")
print(f"\nPostgreSQL: table and index made in {time.monotonic() - begun:.1f} s\n")
print("| question | asked | p50 ms | p99 ms | slowest ms | refused |")
print("| --- | --- | --- | --- | --- | --- |")
for most, name in ((None, "all pairs"), (16, "16 of the pairs")):
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end or not took:
        pairs = psql("SELECT array_to_string(pairs, ' ') FROM bench_texts "
                     f"WHERE listing_id = '{lots.choice(ids)}'").split()
        if most:
            pairs = lots.sample(pairs, min(most, len(pairs)))
        wanted = " | ".join("'" + pair.replace("'", "''") + "'" for pair in pairs)
        plan = psql(f"""EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)
            SELECT listing_id FROM bench_texts, to_tsquery('simple', $q${wanted}$q$) q
             WHERE said @@ q AND side = 'offers' ORDER BY ts_rank(said, q, 1) DESC LIMIT 20""")
        took.append(json.loads(plan)[0]["Execution Time"] / 1000)
    row(f"PostgreSQL full text, {name}, of one client", took)
psql("DROP TABLE bench_texts")

# A listing is matched as soon as the market has published it.
client = Client()
owner, operator = client.sign_in("university"), client.sign_in("operator")
soon = []
for number in range(20):
    form = {"kind": "result", "title": f"风机叶片防冰涂层之{number}",
            "abstract": "双层超疏水涂层,延缓叶片结冰,现场喷涂。", "domain": "alloys_and_materials",
            "region": "630104", "trl": 6, "transfer_modes": ["licence_ordinary"],
            "price": {"mode": "negotiable"}, "non_secret_declared": True}
    _, made, etag = client.ask("POST", "listings", form, owner)
    path = f"listings/{made['id']}"
    etag = client.ask("POST", f"{path}/submit", {}, owner, etag)[2]
    status = client.ask("POST", f"{path}/publish", {}, operator, etag)[0]
    assert status == 200, status
    published = time.monotonic()
    while client.ask("GET", f"{path}/matches", token=broker)[0] != 200:
        time.sleep(0.01)
    soon.append(time.monotonic() - published)
print(f"\na new listing is matched after {1000 * sorted(soon)[10]:.0f} ms, "
      f"{1000 * max(soon):.0f} ms at the latest")
