import type { Demand } from './media/media-transport';
import { type MediaKey, type RoomView, mediaKey, others } from './room-view';
import type { Readable } from './store';

/** A recording wants every picture, on screen here or not, at least this high (pixels). */
const RECORDED_HEIGHT = { camera: 360, screen: 1_080 } as const;

/** Which pictures this browser asks for: what is shown, and while it records all of them. */
export interface DemandControl {
  /** The tiles on screen and their height in CSS pixels. Never called: everything is wanted. */
  show(tiles: ReadonlyMap<MediaKey, number>): void;
  /** After a change of the view. */
  update(): void;
  /** A new transport knows of nothing yet. */
  renew(): void;
}

export function createDemand(
  view: Readable<RoomView>,
  want: (demand: ReadonlyMap<MediaKey, Demand>) => void,
): DemandControl {
  let shown: ReadonlyMap<MediaKey, number> | null = null;
  let told: ReadonlyMap<MediaKey, Demand> | null = null;

  const update = (): void => {
    if (!shown) return;
    const next = demandOf(view.get(), shown);
    if (told && sameDemand(told, next)) return;
    told = next;
    want(next);
  };

  return {
    show(tiles) {
      shown = new Map(tiles);
      update();
    },
    update,
    renew() {
      told = null;
      update();
    },
  };
}

function demandOf(view: RoomView, shown: ReadonlyMap<MediaKey, number>): ReadonlyMap<MediaKey, Demand> {
  const demand = new Map<MediaKey, Demand>([...shown].map(([key, height]) => [key, { height }]));
  if (view.recorder.status !== 'recording' && view.recorder.status !== 'starting') return demand;
  for (const { id } of others(view))
    for (const source of ['camera', 'screen'] as const) {
      const key = mediaKey(id, source);
      demand.set(key, { height: Math.max(demand.get(key)?.height ?? 0, RECORDED_HEIGHT[source]) });
    }
  return demand;
}

function sameDemand(a: ReadonlyMap<MediaKey, Demand>, b: ReadonlyMap<MediaKey, Demand>): boolean {
  return a.size === b.size && [...b].every(([key, { height }]) => a.get(key)?.height === height);
}
