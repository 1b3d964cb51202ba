import type { MediaTransport } from './media-transport';
import { type MeshOptions, openMesh } from './mesh/mesh-transport';

export type TransportOptions = { readonly kind: 'mesh' } & MeshOptions;

/** Opens the transport the room uses. The only place that knows which kinds there are. */
export function openTransport(options: TransportOptions): MediaTransport {
  switch (options.kind) {
    case 'mesh':
      return openMesh(options);
  }
}
