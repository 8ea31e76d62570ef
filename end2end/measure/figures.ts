// Figures as lines of a table.

/** Prints one line: what, and its figure. */
export function tell(what: string, figure: string): void {
  console.log(`| ${what.padEnd(72)} | ${figure.padStart(34)} |`);
}

/** Prints the median, the 95th percentile and the largest of times. */
export function tellTimes(what: string, milliseconds: number[]): void {
  const sorted = milliseconds.toSorted((one, other) => one - other);
  const at = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? NaN).toFixed(1);
  tell(`${what} (${sorted.length})`, `p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms`);
}
