// What the build put into the page: texts and lists, as a block of data that never runs.
import type { Key, PluralKey } from "#types/messages";
import type { Clocks } from "../shared/clocks";

export interface Call {
  readonly number: string;
  readonly name: string;
}

/** How somebody comes to report. */
export type Way = "blackmailed" | "cheated" | "other";

export interface Category {
  readonly id: string;
  /** The way in that means this category. */
  readonly way?: Exclude<Way, "other">;
  readonly name: string;
  readonly help: string;
  /** Where it is read before something is asked. */
  readonly advice?: readonly string[];
  /** Whether the advice is read before anything else is asked. */
  readonly calm: boolean;
  /** Whether files are taken from a victim alone. */
  readonly victims_alone?: boolean;
}

/** Who helps besides the police. */
export interface Service {
  readonly kind: "helpline" | "takedown" | "bank";
  /** Empty for any country, or any category. */
  readonly countries: readonly string[];
  readonly categories: readonly string[];
  readonly ages: "minor" | "adult" | "any";
  readonly despair: boolean;
  readonly number: string;
  readonly address: string;
  readonly name: string;
  /** When, in which languages, and how to reach it quietly. */
  readonly facts: readonly string[];
}

export interface Outlines {
  readonly width: number;
  readonly height: number;
  readonly outlines: Readonly<Record<string, string>>;
}

interface PageData {
  readonly language: string;
  /** Which of the pages that share a script this is. */
  readonly page?: "report" | "follow";
  /** The language as the country writes it: its names of months, its digits. */
  readonly locale: string;
  readonly clocks: Clocks;
  readonly texts: Readonly<Partial<Record<Key, string>>>;
  readonly plurals: Readonly<Partial<Record<PluralKey, Readonly<Record<string, string>>>>>;
  readonly calls: readonly Call[];
  readonly categories?: readonly Category[] | Readonly<Record<string, string>>;
  readonly services?: readonly Service[];
  /** Codes of two letters each, one behind the other, without the country itself. */
  readonly countries?: string;
  /** Codes of three letters each. */
  readonly currencies?: string;
  readonly home?: string;
  /** Where the words are of parts that are loaded at need. */
  readonly later?: string;
  /** The address of the file with the places that can be picked. */
  readonly places?: string;
  /** The first month readers are offered, and how many days after its end a month is published. */
  readonly since?: string;
  readonly settling?: number;
  /** The groups that make up technology crimes; what a reviewer may confirm, and in which group. */
  readonly technology?: readonly string[];
  readonly flags?: Readonly<Record<string, string>>;
  /** The names of territories that the language has no official one for, too. */
  readonly regions?: Readonly<Record<string, string>>;
  readonly outlines?: Outlines;
}

const block = document.getElementById("data")?.textContent ?? "{}";
export const data = JSON.parse(block) as PageData;
export const countries: readonly string[] = data.countries?.match(/../g) ?? [];
export const currencies: readonly string[] = data.currencies?.match(/.../g) ?? [];
