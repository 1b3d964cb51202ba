/** Where one tile stands on the stage, CSS pixels from its top left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Lies over the others: one's own picture when two people meet. */
  readonly floating: boolean;
}

export interface StageInput {
  /** Room for tiles, CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Keys of the tiles of people, in the order they joined, oneself last: who stays keeps the order among who stays. */
  readonly people: readonly string[];
  /** Keys of the screens that others share, in the order they joined. They take three quarters. */
  readonly screens: readonly string[];
  /** The tile that floats when there is only one other. */
  readonly self: string;
  readonly phone: boolean;
  /** Page asked for, from 0; the plan says which one it could give. */
  readonly page: number;
}

export interface StagePlan {
  readonly kind: 'full' | 'two' | 'grid' | 'share';
  /** Only the tiles of this page are here. */
  readonly places: ReadonlyMap<string, Place>;
  readonly page: number;
  readonly pages: number;
}

/** More people than this are shown page by page. */
export const PAGE_SIZE = 9;
/** Share of the stage's width that screens take: with the gap beside it, three quarters to the eye. */
const SHARE_WIDTH = 0.745;
const GAP = { desktop: 20, phone: 16 } as const;
const FLOATING = {
  desktop: { width: 240, height: 160, inset: 16 },
  phone: { width: 88, height: 132, inset: 12 },
} as const;

/** A tile is never flatter than this; faces in wider ones lose their foreheads. */
export const WIDEST = 17 / 9;
/** Nor narrower than this, on a stage that lies and on one that stands. */
export const NARROWEST = { lying: 4 / 3, standing: 3 / 4 } as const;
const SCREEN_ASPECT = 16 / 9;

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Lays the stage out. Pure; the same input gives the same places. */
export function planStage(input: StageInput): StagePlan {
  const { width, height, people, screens, self, phone } = input;
  const gap = phone ? GAP.phone : GAP.desktop;
  const stage: Area = { x: 0, y: 0, width, height };

  if (screens.length === 0 && people.length === 1) return single('full', [[people[0] ?? self, whole(stage)]]);
  const other = people.find((key) => key !== self);
  if (screens.length === 0 && people.length === 2 && people.includes(self) && other !== undefined)
    return single('two', [
      [other, whole(stage)],
      [self, floating(stage, phone)],
    ]);

  const pages = Math.max(1, Math.ceil(people.length / PAGE_SIZE));
  const page = Math.min(Math.max(0, input.page), pages - 1);
  const shown = people.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  const standing = height > width;
  const narrowest = standing ? NARROWEST.standing : NARROWEST.lying;

  if (screens.length === 0)
    return {
      kind: 'grid',
      page,
      pages,
      places: new Map(zip(shown, grid(shown.length, stage, gap, narrowest, WIDEST))),
    };

  const [screenArea, peopleArea] = divide(stage, gap, standing);
  return {
    kind: 'share',
    page,
    pages,
    places: new Map([
      ...zip(screens, cells(screens.length, screenArea, gap)),
      ...zip(shown, grid(shown.length, peopleArea, gap, NARROWEST.lying, WIDEST)),
    ]),
  };
}

const single = (kind: StagePlan['kind'], places: readonly (readonly [string, Place])[]): StagePlan => ({
  kind,
  places: new Map(places),
  page: 0,
  pages: 1,
});

const whole = (area: Area): Place => ({ ...area, floating: false });

function floating(stage: Area, phone: boolean): Place {
  const { width, height, inset } = phone ? FLOATING.phone : FLOATING.desktop;
  return { x: stage.width - inset - width, y: stage.height - inset - height, width, height, floating: true };
}

/** Screens and people: side by side, or one over the other where the stage stands. */
function divide(stage: Area, gap: number, standing: boolean): readonly [Area, Area] {
  if (standing) {
    const height = Math.round(Math.min(stage.width * NARROWEST.standing, stage.height * 0.6));
    return [
      { ...stage, height },
      { ...stage, y: height + gap, height: Math.max(0, stage.height - height - gap) },
    ];
  }
  const width = Math.round(stage.width * SHARE_WIDTH);
  return [
    { ...stage, width },
    { ...stage, x: width + gap, width: Math.max(0, stage.width - width - gap) },
  ];
}

/** The columns that make tiles of the wanted shape largest; more columns win a draw, for that keeps rows full. */
function grid(count: number, area: Area, gap: number, narrowest: number, widest: number): Place[] {
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = Math.max(0, (area.width - (columns - 1) * gap) / columns);
    const cellHeight = Math.max(0, (area.height - (rows - 1) * gap) / rows);
    const width = Math.floor(Math.min(cellWidth, cellHeight * widest));
    const height = Math.floor(Math.min(cellHeight, width / narrowest));
    if (width * height >= best.width * best.height) best = { columns, width, height };
  }
  return rowsOf(count, best.columns, area, gap, best.width, best.height);
}

/** Splits an area among screens without a fixed shape: each picture is fitted into its cell. */
function cells(count: number, area: Area, gap: number): Place[] {
  let best = { columns: 1, fitted: -1 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = (area.width - (columns - 1) * gap) / columns;
    const height = (area.height - (rows - 1) * gap) / rows;
    const fitted = Math.min(width, height * SCREEN_ASPECT);
    if (fitted > best.fitted) best = { columns, fitted };
  }
  const rows = Math.ceil(count / best.columns);
  const width = Math.floor((area.width - (best.columns - 1) * gap) / best.columns);
  const height = Math.floor((area.height - (rows - 1) * gap) / rows);
  return rowsOf(count, best.columns, area, gap, Math.max(0, width), Math.max(0, height));
}

/** Rows from the top, each and all of them centred. */
function rowsOf(count: number, columns: number, area: Area, gap: number, width: number, height: number): Place[] {
  const rows = Math.ceil(count / columns);
  const top = area.y + (area.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = area.x + (area.width - inRow * width - (inRow - 1) * gap) / 2;
    return {
      x: Math.round(left + (index - row * columns) * (width + gap)),
      y: Math.round(top + row * (height + gap)),
      width,
      height,
      floating: false,
    };
  });
}

function zip<T>(keys: readonly string[], places: readonly T[]): [string, T][] {
  return keys.flatMap((key, index) => {
    const place = places[index];
    return place === undefined ? [] : [[key, place] satisfies [string, T]];
  });
}
