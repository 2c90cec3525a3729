// The first page of a prosecutor: the cases of the office, those that await its authorisation first.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Person } from "./api";
import { OfficeCases } from "./office-cases";
import { Listed } from "./openings";
import { useTick } from "./times";
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
    <main class="work day unit" id="main">
      <h1 class="page-title" tabIndex={-1} ref={heading}>{t("work")}</h1>
      {told ? <p role="status" class="inset"><b>{told}</b> · {t("entered")}</p> : null}
      <Listed />
      <OfficeCases person={person} open={open} />
    </main>
  );
}
