"""Prepares a measurement: people, paths, contracts, and the statements for pgbench.

    prepare.py BASE WORK SIGNS DATABASE

BASE is the API's address, WORK the folder that everything is written to, SIGNS how many contracts
are offered for signature, DATABASE a connection string. Uses the demo's own accounts, and needs nothing but Python.
"""

import concurrent.futures
import json
import subprocess
import sys
import urllib.parse
import urllib.request

base, work, signs = sys.argv[1], sys.argv[2], int(sys.argv[3])
PASSWORD = "prayer flags over riyue 7"

def ask(method, path, body=None, token=None, etag=None):
    request = urllib.request.Request(f"{base}/{path}", method=method)
    request.add_header("content-type", "application/json")
    if token:
        request.add_header("authorization", f"Bearer {token}")
    if etag:
        request.add_header("if-match", etag)
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, data) as answer:
        return json.loads(answer.read() or b"null"), answer.headers.get("etag")


def sign_in(email, password=PASSWORD):
    session, _ = ask("POST", "sessions", {"email": email, "password": password})
    return session["access_token"]


def save(name, text):
    with open(f"{work}/{name}", "w", encoding="utf-8") as file:
        file.write(text)


# Reads.
ids, items, cursor = [], [], ""
while len(ids) < 2000:
    page, _ = ask("GET", f"listings?limit=100{cursor}")
    items += page["items"]
    ids = [item["id"] for item in items]
    if page["next_cursor"] is None:
        break
    cursor = "&cursor=" + page["next_cursor"]
save("listings", "\n".join(f"/api/v1/listings/{id}" for id in ids))
search = "listings?kind=result&domain=solar_energy&limit=20"
save("search", f"/api/v1/{search}\n")


def three_words(item):
    """Three words that stand in a listing, its kind, its field, and facets."""
    words = [item["title"][:2], *(keyword[:4] for keyword in item["keywords"])]
    words += [item["abstract"][at:at + 2] for at in (0, 2, 4)]
    q = urllib.parse.quote(" ".join(words[:3]))
    return f"/api/v1/listings?q={q}&kind={item['kind']}&domain={item['domain']}&facets=true"


save("texts", "\n".join(three_words(item) for item in items))
# One wide question: common words, most of which are in every listing of a field.
wide = "listings?q=" + urllib.parse.quote("技术 工艺 参数") + "&kind=result&trl_min=4&facets=true"
save("wide", f"/api/v1/{wide}\n")
texts = three_words(items[0]).removeprefix("/api/v1/")
for name, path in [("one.json", f"listings/{ids[0]}"), ("page.json", search), ("texts.json", texts),
                   ("wide.json", wide)]:
    with urllib.request.urlopen(f"{base}/{path}") as answer:
        save(name, answer.read().decode())

# Writes.
seller = sign_in("university@demo.example")
buyer = sign_in("solar@demo.example")
seller_id = ask("GET", "me", token=seller)[0]["organisation"]["id"]
buyer_id = ask("GET", "me", token=buyer)[0]["organisation"]["id"]
save("token", seller)
save("listing.json", json.dumps({
    "kind": "result", "title": "高镁锂比盐湖卤水提锂吸附剂的制备方法",
    "abstract": "以层状氢氧化铝为骨架,吸附容量高、溶损低,适用于察尔汗盐湖老卤,经三千次循环容量保持九成以上。",
    "keywords": ["盐湖提锂", "吸附剂"], "domain": "salt_lake_chemistry", "region": "630104", "trl": 6,
    "transfer_modes": ["licence_ordinary"], "price": {"mode": "negotiable"},
    "non_secret_declared": True,
}, ensure_ascii=False))

contract = {
    "type": "development", "title": "盐湖提锂吸附剂委托开发合同", "domain": "salt_lake_chemistry",
    "parties": [
        {"role": "seller", "organisation_id": seller_id, "share_bp": 10000},
        {"role": "buyer", "organisation_id": buyer_id, "share_bp": 10000},
    ],
    "total_amount_fen": 100000000, "technology_amount_fen": 100000000, "related_parties": False,
    "starts_on": "2026-12-01", "ends_on": "2027-11-30",
    "clauses": [{"heading": "技术内容", "text": "开发适用于老卤的吸附剂。"}],
}


def offer(_):
    draft, etag = ask("POST", "contracts", contract, seller)
    offered, _ = ask("POST", f"contracts/{draft['id']}/offer", {}, seller, etag)
    return f"{offered['id']} {offered['document_sha256']}", json.dumps(offered, ensure_ascii=False)


with concurrent.futures.ThreadPoolExecutor(16) as pool:
    offered = list(pool.map(offer, range(signs)))
save("contracts", "\n".join(line for line, _ in offered))
save("contract.json", offered[0][1])

# The statements that the market sends for the same, for pgbench: one transaction a write.
me, _ = ask("GET", "me", token=seller)
account = me["account"]["id"]
sample, _ = ask("POST", "listings", json.load(open(f"{work}/listing.json", encoding="utf-8")), seller)


def psql(sql):
    command = ["psql", "-qAt", "-d", sys.argv[4], "-c", sql]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def copy_of(table, where, changed):
    columns = psql(
        f"SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns"
        f" WHERE table_name = '{table}' AND table_schema = 'public'").split(",")
    values = ", ".join(changed.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {where};"


quoted = ",".join(f"'{id}'" for id in ids[:500])
save("get.sql", f"""\\set n random(1, {min(len(ids), 500)})
SELECT * FROM listings WHERE id = (ARRAY[{quoted}]::uuid[])[:n::int];
""")
save("search.sql", """SELECT * FROM listings
 WHERE status = 'published' AND kind = 'result' AND domain = 'solar_energy'
 ORDER BY published_at DESC, id DESC LIMIT 20;
""")
OPEN = f"""BEGIN;
SELECT ground_open_write('{account}', '{account}', gen_random_uuid()::text);
"""
KEEP = f"""INSERT INTO idempotency_keys (caller, key, fingerprint, status, body, created_at)
VALUES ('{account}', gen_random_uuid()::text, sha256('x'), 201, repeat('x', 1200), now());
COMMIT;
"""


def close(kind, act, version, news):
    audit = f"jsonb_build_array(jsonb_build_object('kind','{kind}','id',gen_random_uuid(),'version',{version},'facts','{{}}'::jsonb))"
    return (f"SELECT ground_close_write(now(), '{account}', NULL, '{act}', 'r', {audit}, '{news}'::jsonb);\n")


save("create.sql", OPEN + "\\set id random(1, 2000000000)\n"
     + copy_of("listings", f"id = '{sample['id']}'", {
         "id": "lpad(to_hex(:id::bigint), 32, '0')::uuid", "number": "listing_next_number(2026)"}) + "\n"
     + close("listing", "create_listing", 1, "[]") + KEEP)
contracts = [line.split()[0] for line, _ in offered]
last = ",".join(f"'{id}'" for id in contracts[-500:])
save("sign.sql", f"\\set n random(1, {min(500, len(contracts))})\n" + OPEN
     + f"SELECT id FROM contracts WHERE id = (ARRAY[{last}]::uuid[])[:n::int] FOR NO KEY UPDATE;\n"
     + f"SELECT * FROM contracts WHERE id = (ARRAY[{last}]::uuid[])[:n::int];\n"
     + f"UPDATE contracts SET version = version + 1 WHERE id = (ARRAY[{last}]::uuid[])[:n::int];\n"
     + f"""INSERT INTO contract_signatures
SELECT contract_id, number, '{seller_id}', '{account}', sha256, now() FROM contract_documents
 WHERE contract_id = (ARRAY[{last}]::uuid[])[:n::int] ON CONFLICT DO NOTHING;
""" + close("contract", "sign_contract", 1, "[]") + KEEP)
