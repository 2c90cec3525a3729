// What colleagues wrote to a person, and what is new in the cases that they watch. How much is unread is asked for often,
// in few bytes; the notes themselves are read where that changed.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Schemas } from "./fields";
import { useListed } from "./polled-list";
import { usePulse } from "./pulse";
import { refusal } from "./refusals";
import { when } from "./times";
import { Chip } from "./ui/chip";
import { Code, Said, Told } from "./untrusted-text";
import { category, number, t } from "./words";

const PULSE_SECONDS = 15;
const INBOX_SECONDS = 120;

export function Inbox({ open }: { open: (id: string) => void }): JSX.Element | null {
  const pulse = usePulse(PULSE_SECONDS);
  const { list, wrong, read } = useListed<Schemas["Inbox"]>("/v1/desk/inbox?limit=20", INBOX_SECONDS);
  const unread = pulse.list?.mentions ?? 0;
  useEffect(() => read(), [unread]);
  if (wrong) return <p role="alert">{refusal(wrong)} <button type="button" class="link" onClick={read}>{t("retry")}</button></p>;
  if (!list) return null;
  const fresh = list.mentions.filter((each) => each.unread);
  const earlier = list.mentions.filter((each) => !each.unread);
  const watched = list.watched ?? [];
  if (!list.mentions.length && !watched.length) return null;
  const line = (each: Schemas["MentionView"]): JSX.Element => (
    <li key={`${each.case} ${each.entry}`}>
      <p class="hint">
        <Said text={list.people?.[each.by] ?? t("by_colleague")} /> · <time dateTime={each.at}>{when(each.at)}</time> ·{" "}
        <button type="button" class="link" onClick={() => open(each.case)}><Code text={each.number ?? each.case} /></button>
        {each.move === "assign" ? <> · {t("handed_over")}</> : null}
      </p>
      <Told text={each.words} />
    </li>
  );
  return (
    <section class="inbox" aria-labelledby="inbox-title">
      <h2 id="inbox-title">{t("inbox")} {unread ? <Chip kind="on">{t("inbox_unread", { n: number(unread) })}</Chip> : null}</h2>
      {fresh.length ? <ul class="mentions">{fresh.map(line)}</ul> : null}
      {earlier.length ? (
        <details>
          <summary>{t("inbox_earlier", { n: number(earlier.length) })}</summary>
          <ul class="mentions">{earlier.map(line)}</ul>
        </details>
      ) : null}
      {watched.length ? (
        <>
          <h3>{t("watched")}</h3>
          <ul class="mine">
            {watched.map((each) => (
              <li key={each.id}>
                <button type="button" class="link" onClick={() => open(each.id)}><Code text={each.number ?? each.id} /></button>
                <span>{category(each.category)}</span>
                <span>{t(`status_${each.status}`)}</span>
                <span class="hint">{each.news ? t("watched_news", { n: number(each.news) }) : t("watched_quiet")}</span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  );
}
