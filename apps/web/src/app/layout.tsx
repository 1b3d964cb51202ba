import '@fontsource-variable/inter/opsz.css';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale, getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { currentTheme } from '../frame/theme';

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations('pages.landing');
  return {
    title: { default: t('documentTitle'), template: '%s · Parley' },
    description: t('description'),
    applicationName: 'Parley',
    // Phones turn numbers and dates into links otherwise, which breaks hydration.
    formatDetection: { telephone: false, date: false, address: false, email: false },
  };
}

export async function generateViewport(): Promise<Viewport> {
  const theme = await currentTheme();
  const [light, dark] = ['#f8f6f1', '#121311'];
  return {
    width: 'device-width',
    initialScale: 1,
    viewportFit: 'cover',
    // The keyboard of a phone makes the page smaller instead of covering the field.
    interactiveWidget: 'resizes-content',
    themeColor:
      theme === 'system'
        ? [
            { media: '(prefers-color-scheme: light)', color: light },
            { media: '(prefers-color-scheme: dark)', color: dark },
          ]
        : theme === 'light'
          ? light
          : dark,
  };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, theme] = await Promise.all([getLocale(), currentTheme()]);
  return (
    <html lang={locale} data-theme={theme}>
      <body>
        <NextIntlClientProvider>{children}</NextIntlClientProvider>
      </body>
    </html>
  );
}
