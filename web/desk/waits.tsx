// How many new reports nobody has looked at, and for how long: the way to the first glance.
import type { JSX } from "preact";
import type { Pulse } from "./api";
import { signOf } from "./keys";
import { useListed } from "./listed";
import { secondsUntil, span } from "./times";
import { number, t } from "./words";

const EVERY_SECONDS = 15;

export function GlancesWait(): JSX.Element | null {
  const { list } = useListed<Pulse>("/v1/desk/pulse", EVERY_SECONDS);
  return list?.glances ? <Glances found={list.glances} /> : null;
}

export function Glances({ found }: { found: NonNullable<Pulse["glances"]> }): JSX.Element {
  const many = number(found.waiting) + (found.waiting >= found.most ? "+" : "");
  return (
    <p class="glances">
      <a href="#glance">{t("room_glance")}</a> <kbd>{signOf("glance")}</kbd>{" "}
      <span class={found.overdue ? "late-clock" : "hint"}>
        {found.oldest_at ? t("glances_wait", { n: many, time: span(-secondsUntil(found.oldest_at)) }) : t("glance_none")}
        {found.overdue ? ` ${t("glances_late", { n: number(found.overdue) })}` : ""}
      </span>
    </p>
  );
}
