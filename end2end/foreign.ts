// What other programs write to the same Redis: sessions, events and memories as the contract has them.
import { randomBytes } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';
import type { Scope } from './dashboard';
import type { RedisCommand, RedisLines } from './server';

export const sessionKey = (id: string) => `agent:session:${id}`;
export const memoryKey = (id: string) => `agent:mem:${id}`;
export const eventsKey = (id: string) => `agent:events:${id}`;

/** An id as all programs make them. */
export function freshId(): string {
  return randomBytes(6).toString('hex');
}

/** A session as the demos write it: nine fields, all of them text. */
export async function writeSession(
  redis: RedisCommand,
  { user }: Scope,
  id: string,
  changes: Record<string, string> = {},
): Promise<void> {
  const session = {
    thread_id: id,
    user,
    agent: 'demo-agent',
    goal: '',
    scratchpad: '',
    turn_count: '0',
    created_ts: '1795334591.5',
    last_active_ts: '1795334592.25',
    recent_turns: '[]',
    ...changes,
  };
  await redis('HSET', sessionKey(id), ...Object.entries(session).flat());
}

/** An event, with its fields in any order. */
export async function writeEvent(redis: RedisCommand, thread: string, action: string, detail: string): Promise<void> {
  await redis('XADD', eventsKey(thread), '*', 'ts', '1795334592.25', 'detail', detail, 'action', action);
}

/** A memory document. */
export interface MemoryDocument extends Scope {
  id: string;
  kind: string;
  source_thread: string;
  text: string;
  embedding: number[];
  created_ts: number;
  hit_count: number;
}

/** A memory as the demos write it. */
export function memoryOf(scope: Scope, changes: Partial<MemoryDocument> & { embedding: number[] }): MemoryDocument {
  const usual = { kind: 'semantic', source_thread: 'elsewhere', created_ts: 1795334592.25, hit_count: 0 };
  return { id: freshId(), ...scope, ...usual, text: 'Without words.', ...changes };
}

/** Writes memories in one go. */
export async function writeMemories(paste: RedisLines, memories: MemoryDocument[]): Promise<void> {
  const replies = await paste(memories.map(memoryLine).join('\n'));
  const refused = replies.split('\n').filter((reply) => reply !== 'OK');
  if (refused.length > 0) throw new Error(`not written: ${refused.join('; ')}`);
}

/** The line of redis-cli that writes a memory. Between single quotes nothing but them is special. */
export function memoryLine(memory: MemoryDocument): string {
  return `JSON.SET ${memoryKey(memory.id)} $ '${JSON.stringify(memory).replaceAll("'", "\\'")}'`;
}

/** What stands in a memory's document. Redis prints the same number in one way or another: 12 digits count. */
export async function documentOf(redis: RedisCommand, id: string): Promise<unknown> {
  return JSON.parse(await redis('JSON.GET', memoryKey(id)), (_, value: unknown) =>
    typeof value === 'number' ? value.toPrecision(12) : value,
  );
}

/** The vector of a text, from a memory with these words that somebody else keeps. */
export async function embeddingOf(
  request: APIRequestContext,
  redis: RedisCommand,
  scope: Scope,
  text: string,
): Promise<number[]> {
  const elsewhere = { user: `${scope.user} twin`, namespace: scope.namespace };
  const reply = await request.post('/turn', { form: { ...elsewhere, text, kind: 'semantic' } });
  const { memory_id: id } = (await reply.json()) as { memory_id: string };
  const [embedding] = JSON.parse(await redis('JSON.GET', memoryKey(id), '$.embedding')) as number[][];
  if (!embedding) throw new Error(`no vector in ${memoryKey(id)}`);
  return embedding;
}
