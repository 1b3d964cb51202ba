import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { OpenFrame } from '../frame/frame';
import { NothingHere } from '../frame/nothing-here';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pages.notFound'))('documentTitle') };
}

export default function NotFound() {
  return (
    <OpenFrame signIn={false}>
      <NothingHere />
    </OpenFrame>
  );
}
