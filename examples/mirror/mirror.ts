// Keeps a folder of an office and its listings on the market in step, in both directions.
//
//   MARKET_EMAIL=… MARKET_PASSWORD=… node dist/mirror.js http://127.0.0.1:8080 ./office [--once]
//
// It may be stopped or killed at any moment, and so may the market: it goes on where it was. When
// both sides have changed a listing, the market's words stand and the office's are set aside.

import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./market.js";
import { type Listing, Office, type OfficeRecord, sameWords, wanted } from "./office.js";

type Schemas = components["schemas"];
type Problem = Schemas["Problem"];
type BulkListing = Schemas["BulkListing"];
type Feed = Schemas["ListingFeed"];
type Done = Schemas["BulkListings"];
type Answer<T> = { data?: T; error?: Problem; response: Response };

const PAGE = 100;
/** A request may have 1 MiB. */
const BATCH_BYTES = 900_000;
const PAUSE_MS = 200;

/** The market, as an account of the office sees it. */
class Market {
  private readonly client;
  private token: string | undefined;

  constructor(base: string, private readonly email: string, private readonly password: string) {
    this.client = createClient<paths>({ baseUrl: base });
    this.client.use({
      onRequest: ({ request }) => {
        if (this.token !== undefined) request.headers.set("Authorization", `Bearer ${this.token}`);
        return request;
      },
    });
  }

  changes(after: string | null): Promise<Feed> {
    const query = after === null ? { limit: PAGE } : { limit: PAGE, after };
    return this.signedIn(() =>
      this.client.GET("/api/v1/listings/changes", { params: { query } }),
    );
  }

  /** The same request under the same key is done once, however often it is sent. */
  bulk(items: BulkListing[]): Promise<Done> {
    const key = createHash("sha256").update(JSON.stringify(items)).digest("hex");
    const params = { header: { "Idempotency-Key": key } };
    return this.signedIn(() =>
      this.client.POST("/api/v1/listings/bulk", { params, body: { items } }),
    );
  }

  private async signedIn<T>(send: () => Promise<Answer<T>>): Promise<T> {
    let answer = this.token === undefined ? undefined : await send();
    if (answer === undefined || answer.response.status === 401) {
      await this.signIn();
      answer = await send();
    }
    if (answer.data === undefined) throw new Error(answer.error?.detail ?? answer.error?.title);
    return answer.data;
  }

  private async signIn(): Promise<void> {
    this.token = undefined;
    const body = { email: this.email, password: this.password };
    const { data, error } = await this.client.POST("/api/v1/sessions", { body });
    if (error) throw new Error(error.title);
    this.token = data.access_token;
  }
}

/** Takes in everything that has changed on the market; how many listings that were. */
async function pull(market: Market, office: Office): Promise<number> {
  let taken = 0;
  for (;;) {
    const page = await market.changes(office.state.after);
    for (const listing of page.items) taken += take(office, listing) ? 1 : 0;
    if (page.next_after !== office.state.after) {
      // Only now: if this program dies before, the page comes again.
      office.state.after = page.next_after;
      office.saveState();
    }
    if (page.items.length < PAGE) return taken;
  }
}

/** Takes a listing in as the market has it. One without a number of ours is kept under its own. */
function take(office: Office, listing: Listing): boolean {
  const reference = listing.reference ?? listing.number;
  const { version, status } = listing;
  const words = wanted(listing);
  const known = office.state.known[reference];
  const isKnown =
    known?.version === version && known.status === status && sameWords(known.listing, words);
  if (isKnown) return false;
  const own = office.record(reference);
  office.state.known[reference] = { version, status, listing: words };
  const isOurs = own !== undefined && !(known && sameWords(own.listing, known.listing));
  // An older version comes only from a database that was set back: its words stand, but those that
  // it has lost are kept.
  const isSetBack = known !== undefined && version < known.version;
  if (own !== undefined && (isOurs || isSetBack) && !sameWords(own.listing, words)) {
    const why = isSetBack ? "the market was set back" : "the market has changed it, too";
    office.setAside(reference, own, why);
  }
  office.save(reference, { ...(own?.action && { action: own.action }), listing: words, status });
  return true;
}

interface Wish {
  record: OfficeRecord;
  item: BulkListing;
}

/** What the office wants of the market for one listing now. */
function wish(office: Office, reference: string, record: OfficeRecord): BulkListing | undefined {
  const known = office.state.known[reference];
  const { listing, action } = record;
  if (known === undefined) return { reference, listing, if_none_match: "*" };
  const if_match = `"v${known.version}"`;
  if (!sameWords(listing, known.listing)) return { reference, listing, if_match };
  return action && { reference, action, if_match };
}

/** As much of what the office wants as one request takes. */
function wishes(office: Office): Wish[] {
  const found: Wish[] = [];
  let bytes = 0;
  for (const reference of office.references()) {
    const record = office.record(reference);
    const item = record && wish(office, reference, record);
    if (record === undefined || item === undefined) continue;
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    if (found.length > 0 && (found.length === PAGE || bytes > BATCH_BYTES)) break;
    found.push({ record, item });
  }
  return found;
}

/** Sends what the office wants; how much was settled, and how much has to wait. */
async function push(market: Market, office: Office): Promise<{ settled: number; waits: number }> {
  const all = wishes(office);
  if (all.length === 0) return { settled: 0, waits: 0 };
  const { items } = await market.bulk(all.map(({ item }) => item));
  let settled = 0;
  all.forEach((wish, place) => {
    const done = items[place];
    if (done !== undefined && settle(office, wish, done)) settled += 1;
  });
  office.saveState();
  return { settled, waits: all.length - settled };
}

/** Notes what came of a wish; false if it has to wait. */
function settle(
  office: Office,
  { record: sent, item }: Wish,
  done: Schemas["BulkListingDone"],
): boolean {
  const { reference } = item;
  const { action, ...rest } = office.record(reference) ?? sent;
  // People may have written it again meanwhile: then it is sent again.
  const asSent = sameWords(rest.listing, sent.listing);
  if (done.listing !== undefined) {
    const { version, status } = done.listing;
    const words = wanted(done.listing);
    office.state.known[reference] = { version, status, listing: words };
    const left = action !== undefined && item.action === undefined ? { action } : {};
    office.save(reference, { ...left, listing: asSent ? words : rest.listing, status });
    return true;
  }
  // Stale: one of the next pages has what the market says. Unavailable: later.
  if (done.status === 412 || done.status >= 500) return false;
  const known = office.state.known[reference];
  office.setAside(reference, sent, JSON.stringify(done.problem));
  if (known === undefined) {
    office.remove(reference);
  } else {
    const words = asSent ? known.listing : rest.listing;
    office.save(reference, { listing: words, status: known.status });
  }
  return true;
}

async function main(): Promise<void> {
  const [base, folder, once] = process.argv.slice(2);
  const { MARKET_EMAIL: email, MARKET_PASSWORD: password } = process.env;
  if (!base || !folder || !email || !password) {
    throw new Error("usage: MARKET_EMAIL=… MARKET_PASSWORD=… mirror.js BASE-URL FOLDER [--once]");
  }
  const office = new Office(folder);
  const market = new Market(base, email, password);
  for (;;) {
    try {
      const taken = await pull(market, office);
      const { settled, waits } = await push(market, office);
      if (taken + settled > 0) continue;
      if (waits === 0 && once === "--once") return;
      await sleep(PAUSE_MS);
    } catch (error) {
      // The market is away or busy: nothing is lost, and the next round begins where this one did.
      console.error(error instanceof Error ? error.message : error);
      await sleep(PAUSE_MS);
    }
  }
}

await main();
