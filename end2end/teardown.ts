import { rmSync } from 'node:fs';

export default function removeRedisPortFile(): void {
  const file = process.env.JOURNEYS_REDIS_PORT_FILE;
  if (file) rmSync(file, { force: true });
}
