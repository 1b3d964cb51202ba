import type { ReactNode } from 'react';
import { SignedInFrame } from '../../frame/frame';
import { currentUser } from '../../server/viewer';

/** The frame around one's own pages. Each page asks for the user itself, since only it knows where to come back to. */
export default async function OwnLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  return user ? <SignedInFrame user={user}>{children}</SignedInFrame> : children;
}
