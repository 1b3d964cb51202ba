import { Skeleton } from '@parley/ui/skeleton';

/** The shape of a list of recordings. */
export function RecordingListSkeleton() {
  return (
    <div aria-busy="true">
      {['w-3/5', 'w-2/5', 'w-1/2'].map((width) => (
        <div
          key={width}
          className="grid grid-cols-[208px_minmax(0,1fr)] gap-5 border-b border-line py-5 first:pt-0 phone:grid-cols-[120px_minmax(0,1fr)] phone:gap-3"
        >
          <Skeleton className="aspect-video h-auto" />
          <div className="grid content-start gap-2">
            <Skeleton className={`${width} h-3.5`} />
            <Skeleton className="h-2.5 w-3/4" />
          </div>
        </div>
      ))}
    </div>
  );
}
