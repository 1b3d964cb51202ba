import { Skeleton } from '@parley/ui/skeleton';

/** The shape of the list of meetings. */
export function MeetingListSkeleton() {
  return (
    <div aria-busy="true" className="grid gap-8">
      {['w-3/5', 'w-2/5', 'w-1/2'].map((width) => (
        <div key={width} className="flex items-center gap-16">
          <Skeleton className="w-24" />
          <div className="grid flex-1 gap-2">
            <Skeleton className={`${width} h-3.5`} />
            <Skeleton className="h-2.5 w-1/4" />
          </div>
          <Skeleton className="size-6 rounded-full" />
        </div>
      ))}
    </div>
  );
}
