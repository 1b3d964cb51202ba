'use client';

import { WifiOff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

/** Says that the device is offline, for as long as it is. */
export function Offline() {
  const t = useTranslations('pages.frame');
  const online = useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
  return (
    <div role="status">
      {online ? null : (
        <p className="flex items-center justify-center gap-2 bg-trouble-tint px-4 py-2 text-small text-trouble-tint-ink">
          <WifiOff aria-hidden className="size-4!" />
          {t('offline')}
        </p>
      )}
    </div>
  );
}
