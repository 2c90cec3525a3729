// How late something is, in words.
import type { CaseLine } from "./api";
import { secondsUntil, span } from "./times";
import { t } from "./words";

type Deadline = NonNullable<CaseLine["deadlines"]>[number];

/** Whether it was missed, now or at an earlier level. */
export const isLate = ({ due, level }: Deadline): boolean => level > 0 || Boolean(due && secondsUntil(due) < 0);

/** The same in as few words as a cell has room for. */
export function overdue({ due, level, since }: Deadline): string {
  if (!due) return t("late");
  if (!level) return t("over_by", { time: span(-secondsUntil(due)) });
  return t(level > 1 ? "over_by_more" : "over_by", { time: span(-secondsUntil(since)) });
}

/**
 * By how much. An escalation begins a wait of its own when the one before was missed: at the first
 * level its beginning is when lateness began, and later ones know that it is more. After the last
 * level no time is kept.
 */
export function lateness({ due, level, since }: Deadline): string {
  if (!due) return t("late");
  if (!level) return t("late_by", { time: span(-secondsUntil(due)) });
  return t(level > 1 ? "late_by_more" : "late_by", { time: span(-secondsUntil(since)) });
}
