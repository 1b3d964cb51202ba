'use client';

export { Failure as default } from '../frame/failure';
