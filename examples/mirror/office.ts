// The office's side: a folder with a file for each listing. People and other programs of the office
// write the files; the mirror writes them, too, when the market has changed. What the mirror must
// remember (how far it has read, and what the market last said) is in `.mirror.json`.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { components } from "./market.js";

type Schemas = components["schemas"];
export type Listing = Schemas["Listing"];
export type NewListing = Schemas["CreateListingForm"];
/** What the office says of a listing; its own number for it is the file's name. */
export type Words = Omit<NewListing, "reference">;

/** A file of the office. */
export interface OfficeRecord {
  listing: Words;
  /** What the market is to do with it next; the mirror takes it away when that is done. */
  action?: "submit" | "withdraw";
  /** Where it stands on the market; written by the mirror. */
  status?: Listing["status"];
}

/** What the market last said of a listing. */
export interface Known {
  version: number;
  status: Listing["status"];
  listing: Words;
}

export interface State {
  /** `next_after` of the last page that has been stored. */
  after: string | null;
  known: Record<string, Known>;
}

/** Every field of a listing's words. The compiler refuses a list that is not whole. */
const FIELDS = [
  "kind", "title", "abstract", "description", "advantages", "market_outlook", "economic_benefits",
  "keywords", "domain", "ipc", "region", "trl", "trl_scale", "trl_evidence", "stage",
  "transfer_modes", "price", "patents", "budget", "deadline", "contact", "expires_on",
  "non_secret_declared",
] as const satisfies readonly (keyof Words)[];
type Forgotten = Exclude<keyof Words, (typeof FIELDS)[number]>;
const nothingForgotten: [Forgotten] extends [never] ? true : Forgotten = true;
void nothingForgotten;

/** The words as their owner wants them: what is published may have another text under review. */
export function wanted(listing: Listing): Words {
  const { contact, revision } = listing;
  return wordsOf(revision ? { ...revision.content, ...(contact && { contact }) } : listing);
}

/** The words with their fields in one order; what is empty, or goes without saying, is left out. */
export function wordsOf(listing: Words): Words {
  const said = FIELDS.map((field) => [field, listing[field]] as const).filter(
    ([field, value]) =>
      value !== undefined && value !== null && value !== false &&
      !(Array.isArray(value) && value.length === 0) &&
      !(field === "trl_scale" && value === "gb_t_22900"),
  );
  return Object.fromEntries(said) as unknown as Words;
}

/** Do both say the same? The order of fields says nothing. */
export function sameWords(one: Words, other: Words): boolean {
  return canonical(wordsOf(one)) === canonical(wordsOf(other));
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

export class Office {
  readonly state: State;

  constructor(private readonly folder: string) {
    mkdirSync(join(folder, "set-aside"), { recursive: true });
    this.state = this.read(".mirror.json") as State | undefined ?? { after: null, known: {} };
  }

  references(): string[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith(".json") && !name.startsWith("."))
      .map((name) => decodeURIComponent(name.slice(0, -".json".length)));
  }

  record(reference: string): OfficeRecord | undefined {
    return this.read(Office.file(reference)) as OfficeRecord | undefined;
  }

  save(reference: string, record: OfficeRecord): void {
    this.write(Office.file(reference), record);
  }

  remove(reference: string): void {
    rmSync(join(this.folder, Office.file(reference)), { force: true });
  }

  /** Keeps words that the market did not take, for a person to look at. */
  setAside(reference: string, record: OfficeRecord, why: string): void {
    const name = `${encodeURIComponent(reference)}-${Date.now()}.json`;
    this.write(join("set-aside", name), { why, ...record });
  }

  saveState(): void {
    this.write(".mirror.json", this.state);
  }

  private static file(reference: string): string {
    return `${encodeURIComponent(reference)}.json`;
  }

  private read(name: string): unknown {
    try {
      return JSON.parse(readFileSync(join(this.folder, name), "utf8"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Whole or not at all, also if the power goes. */
  private write(name: string, value: unknown): void {
    const path = join(this.folder, name);
    const temporary = `${path}.part`;
    writeFileSync(temporary, JSON.stringify(value, null, 1), { flush: true });
    renameSync(temporary, path);
  }
}
