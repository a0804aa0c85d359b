import type { LaunchOptions } from 'puppeteer';

type Adapter = 'software' | 'hardware';

export function chromeLaunch(adapter?: Adapter): LaunchOptions;
export function firefoxLaunch(adapter?: Adapter): LaunchOptions;
export function dawnEnvironment(adapter?: Adapter): Record<string, string>;
