// The first page of a prosecutor: the cases of the office, those that await its authorisation first.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Person } from "./api";
import { Listed } from "./openings";
import { Rooms } from "./routes";
import { useTick } from "./times";
import { OfUnit } from "./unit";
import { t } from "./words";

interface OfficeProps {
  readonly person: Person;
  /** An act that took the case elsewhere, in words. */
  readonly told: string | undefined;
  readonly open: (id: string) => void;
}

export function Office({ person, told, open }: OfficeProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useTick(15_000);
  return (
    <main class="work" id="main">
      <h1 tabIndex={-1} ref={heading}>{t("work")}</h1>
      {told ? <p role="status" class="inset"><b>{told}</b> · {t("entered")}</p> : null}
      <Listed />
      <Rooms person={person} />
      <OfUnit of="office" title={t("office_cases")} none={t("office_cases_none")} person={person} taken={0} open={open} />
    </main>
  );
}
