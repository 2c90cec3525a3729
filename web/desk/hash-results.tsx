// What lists of known material said of a file or picture: which list, of whom, how far apart, and what the pack suggests. Nothing is
// done by it here: a person decides.
import type { JSX } from "preact";
import type { Schemas } from "./fields";
import { Code, Said } from "./untrusted-text";
import { when } from "./times";
import { category, named, said, t, words } from "./words";

type Answer = Schemas["KnownView"];

interface KnownProps {
  readonly known: readonly Answer[] | undefined;
  readonly unread: boolean | undefined;
  /** Which of several pictures without a file. */
  readonly n?: number;
}

export function Known({ known = [], unread, n }: KnownProps): JSX.Element | null {
  const told = known.filter((each) => each.found !== "not_known");
  const others = known.filter((each) => each.found === "not_known");
  const last = known[0];
  if (!last && !unread) return null;
  return (
    <>
      <p class="hint"><b>{t("known")}</b>{n ? ` · ${t("known_hash", { n: String(n) })}` : ""} · {told.some((each) => each.found === "known") ? t("known_hint") : t("known_none")}</p>
      {unread ? <p><b>{t("known_unread")}</b></p> : null}
      {told.length ? <ul>{told.map((each) => <li key={`${each.list} ${each.version} ${each.found}`}><OfOne answer={each} /></li>)}</ul> : null}
      {others.length ? <p class="hint">{t("known_not_on")} {others.map((each) => <Named key={each.list} answer={each} />)}</p> : null}
      {last ? <p class="hint">{t("known_asked")} {when(last.asked_at)}</p> : null}
    </>
  );
}

function Named({ answer }: { answer: Answer }): JSX.Element {
  return <><Code text={`${answer.list} ${answer.version}`} /> </>;
}

function OfOne({ answer }: { answer: Answer }): JSX.Element {
  const help = words.matters_help[answer.about];
  const suggested = [answer.priority ? said("priority", answer.priority) : "", answer.category ? category(answer.category) : ""].filter(Boolean).join(", ");
  const far = typeof answer.distance === "number" ? t("picture_alike_far", { n: String(answer.distance) }) : answer.found === "known" ? t("known_bytes") : "";
  return (
    <>
      <b>{said("known_found", answer.found)}</b> · {named(words.matters, answer.about)} · <Named answer={answer} />
      · {t("known_source")} <Said text={answer.source} />, <bdi>{answer.dated}</bdi>
      {far ? ` · ${far}` : ""}{answer.turned ? ` · ${said("known", answer.turned)}` : ""}
      {help && answer.found === "known" ? <p class="hint">{help}</p> : null}
      {suggested ? <p class="hint">{t("known_suggests", { what: suggested })}</p> : null}
    </>
  );
}
