// How much waits beside the queue, and the ways there: new reports, and closed reviews to read again.
import type { JSX } from "preact";
import type { Pulse } from "./api";
import { signOf } from "./keys";
import { usePulse } from "./pulse";
import { secondsUntil, span } from "./times";
import { number, t } from "./words";

const EVERY_SECONDS = 15;
/** Where counting them ends. */
const MOST_SAMPLES = 10;

export function GlancesWait(): JSX.Element | null {
  const { list } = usePulse(EVERY_SECONDS);
  if (!list) return null;
  return (
    <>
      {list.glances ? <Glances found={list.glances} /> : null}
      {list.samples ? (
        <p class="again">
          <a href="#samples">{t("samples_wait", { n: number(list.samples) + (list.samples >= MOST_SAMPLES ? "+" : "") })}</a> <kbd>{signOf("samples")}</kbd>
        </p>
      ) : null}
    </>
  );
}

export function Glances({ found }: { found: NonNullable<Pulse["glances"]> }): JSX.Element {
  const many = number(found.waiting) + (found.waiting >= found.most ? "+" : "");
  return (
    <p class="glances">
      <a href="#glance">{found.oldest_at ? t("glances_wait", { n: many, time: span(-secondsUntil(found.oldest_at)) }) : t("glance_none")}</a>{" "}
      <kbd>{signOf("glance")}</kbd> {found.overdue ? <b class="late-clock">{t("glances_late", { n: number(found.overdue) })}</b> : null}
    </p>
  );
}
