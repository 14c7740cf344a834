// A client made from openapi/market.json, as a front end would write it: signs in, lists a result,
// and reads what a contract brings. `script/lint-openapi` compiles it; it is not run.

import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./market.js";

type Schemas = components["schemas"];
type Listing = Schemas["Listing"];
type Award = Schemas["Award"];
type AwardSummary = Schemas["AwardSummary"];

/** What the market refuses, with its stable code. */
export class Refused extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
  }

  /** The words for a field of a form, by its JSON pointer. */
  at(pointer: string): string | undefined {
    return this.problem.errors.find((field) => field.pointer === pointer)?.detail;
  }
}

export const market = createClient<paths>({ baseUrl: "http://127.0.0.1:8080" });

export async function signIn(email: string, password: string): Promise<Schemas["Session"]> {
  const { data, error } = await market.POST("/api/v1/sessions", { body: { email, password } });
  if (error) throw new Refused(error);
  const bearer: Middleware = {
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${data.access_token}`);
      return request;
    },
  };
  market.use(bearer);
  return data;
}

export async function createListing(key: string): Promise<Listing> {
  const { data, error } = await market.POST("/api/v1/listings", {
    params: { header: { "Idempotency-Key": key } },
    body: {
      kind: "result",
      title: "高镁锂比盐湖卤水吸附提锂技术",
      abstract: "以改性铝系吸附剂从高镁锂比卤水中选择性提取锂。",
      domain: "salt_lake_chemistry",
      region: "630105",
      trl: 6,
      price: { mode: "negotiable" },
    },
  });
  if (error) throw new Refused(error);
  return data;
}

/** Hands the listing in, in the version that was read. */
export async function submit(listing: Listing): Promise<Listing> {
  const { data, error } = await market.POST("/api/v1/listings/{id}/submit", {
    params: { path: { id: listing.id }, header: { "If-Match": `"${listing.version}"` } },
  });
  if (error) throw new Refused(error);
  return data;
}

/** All awards of a contract, page after page. */
export async function awardsOf(contract: Schemas["ContractId"]): Promise<AwardSummary[]> {
  const found: AwardSummary[] = [];
  let cursor: string | null = null;
  do {
    const query: { contract_id: string; cursor?: string } = { contract_id: contract };
    if (cursor !== null) query.cursor = cursor;
    const { data, error }: { data?: Schemas["AwardSummaryPage"]; error?: Schemas["Problem"] } =
      await market.GET("/api/v1/awards", { params: { query } });
    if (error) throw new Refused(error);
    if (!data) break;
    found.push(...data.items);
    cursor = data.next_cursor;
  } while (cursor !== null);
  return found;
}

export async function explain(award: Schemas["AwardId"]): Promise<string[]> {
  const { data, error } = await market.GET("/api/v1/awards/{id}", {
    params: { path: { id: award } },
  });
  if (error) throw new Refused(error);
  return lines(data);
}

function lines(award: Award): string[] {
  const yuan = (fen: Schemas["Fen"]): string => (fen / 100).toFixed(2);
  const steps = award.explanation.map(({ result_fen }) =>
    result_fen === null ? "—" : yuan(result_fen),
  );
  return [`${award.rule} (${award.status}): ${yuan(award.payable_fen)}`, ...steps];
}

// What is not in the description does not compile.
// @ts-expect-error: there is no such status
export const unknown: Schemas["AwardStatus"] = "lost";
// @ts-expect-error: always present, though it may be null
export const page: Schemas["AwardSummaryPage"] = { items: [] };
