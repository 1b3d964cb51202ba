/** One measured quantity of Parley beside the bare baseline of the same run. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly parley: number;
  readonly bare: number | null;
  readonly ratio: number | null;
  /** The target of the project, in words and as a verdict. */
  readonly target: string;
  readonly met: boolean;
}

const round = (n: number): number => Math.round(n * 100) / 100;

export function row(options: {
  what: string;
  unit: string;
  parley: number;
  bare?: number;
  target: string;
  met: (parley: number, ratio: number) => boolean;
}): Row {
  const ratio = options.bare === undefined ? null : options.parley / options.bare;
  return {
    what: options.what,
    unit: options.unit,
    parley: round(options.parley),
    bare: options.bare === undefined ? null : round(options.bare),
    ratio: ratio === null ? null : round(ratio),
    target: options.target,
    met: options.met(options.parley, ratio ?? Number.NaN),
  };
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `p` per cent of `values` lie (nearest rank). */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values were measured');
  return value;
}

/** JSON on stdout for machines, a table on stderr for people. */
export function print(name: string, rows: readonly Row[]): void {
  console.log(JSON.stringify({ bench: name, rows }));
  console.error(`\n${name}`);
  for (const r of rows) {
    const beside = r.bare === null ? '' : `  bare ${r.bare} ${r.unit}  ratio ${r.ratio}`;
    console.error(`  ${r.met ? 'met   ' : 'MISSED'}  ${r.what}: ${r.parley} ${r.unit}${beside}  (target ${r.target})`);
  }
}
