import { Button } from '@parley/ui/button';
import { buttonClass } from '@parley/ui/button-class';
import { Empty } from '@parley/ui/empty';
import { TextField } from '@parley/ui/field';
import { Search } from 'lucide-react';
import type { Metadata } from 'next';
import Form from 'next/form';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import { Suspense } from 'react';
import { Page } from '../../../frame/frame';
import { RecordingList } from '../../../history/recording-list';
import { RecordingListSkeleton } from '../../../history/recording-list-skeleton';
import { type RecordingPage, recordingsFor } from '../../../server/recordings';
import { currentViewer, requireUser } from '../../../server/viewer';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.recordings'))('title') };
}

type SearchParams = Promise<{ search?: string | string[]; before?: string | string[] }>;

export default async function RecordingsPage({ searchParams }: { searchParams: SearchParams }) {
  await requireUser('/recordings');
  const query = await searchParams;
  const search = single(query.search).trim();
  const before = single(query.before);
  const page = recordingsFor(await currentViewer(), { search, ...(before ? { before } : {}) });
  return (
    <Page>
      <Head search={search} />
      <Suspense fallback={<RecordingListSkeleton />}>
        <Recordings page={page} search={search} />
      </Suspense>
    </Page>
  );
}

async function Head({ search }: { search: string }) {
  const t = await getTranslations('pages.recordings');
  return (
    <div className="mb-8 flex flex-wrap items-start gap-3 phone:mb-6">
      <h1 id="recordings" tabIndex={-1} className="flex-1 outline-none phone:flex-[1_0_100%]">
        {t('title')}
      </h1>
      <search className="phone:w-full">
        {/* A new query is a new form: the field shows what is being looked at. */}
        <Form key={search} action="/recordings" className="flex items-start gap-2">
          <TextField
            type="search"
            name="search"
            label={t('search')}
            hideLabel
            placeholder={t('searchPlaceholder')}
            defaultValue={search}
            className="w-68 phone:w-auto phone:flex-1"
          />
          <Button
            type="submit"
            iconOnly
            icon={<Search aria-hidden />}
            aria-label={t('submit')}
            className="phone:size-12"
          />
        </Form>
      </search>
    </div>
  );
}

async function Recordings({ page, search }: { page: Promise<RecordingPage>; search: string }) {
  const [{ recordings, next }, t] = await Promise.all([page, getTranslations('pages.recordings')]);
  const older = new URLSearchParams({ ...(search ? { search } : {}), ...(next ? { before: next } : {}) });
  const none = recordings.length === 0;
  return (
    <>
      <p role="status" className={search && !none ? 'mb-6 text-small text-ink-3' : 'sr-only'}>
        {search ? t('found', { count: recordings.length }) : ''}
      </p>
      {none ? (
        search ? (
          <Empty
            title={t('none', { query: search })}
            action={
              <Link href="/recordings" className={buttonClass({ size: 'small' })}>
                {t('clear')}
              </Link>
            }
          >
            {t('noneText')}
          </Empty>
        ) : (
          <Empty mark title={t('empty')}>
            {t('emptyText')}
          </Empty>
        )
      ) : (
        <RecordingList recordings={recordings} within="list" />
      )}
      {next ? (
        <Link href={`/recordings?${older.toString()}`} className={`${buttonClass()} mt-8`}>
          {t('older')}
        </Link>
      ) : null}
    </>
  );
}

const single = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '');
