// The page as a person sees it: parts found by role and label, and what can be done with them.
import { type Locator, type Page, expect } from '@playwright/test';

/** Whose memory. */
export interface Scope {
  user: string;
  namespace: string;
}

/** How the turn form is filled; what is left out stays as it is. */
export interface TurnChoices {
  kind?: 'episodic' | 'semantic' | 'skip';
  role?: 'user' | 'assistant' | 'tool';
}

export class Dashboard {
  readonly user: Locator;
  readonly namespace: Locator;
  readonly text: Locator;
  readonly kind: Locator;
  readonly role: Locator;
  readonly sendTurn: Locator;
  readonly setAsGoal: Locator;
  readonly probe: Locator;
  /** What would become of the text. */
  readonly preview: Locator;
  /** What became of the last turn. */
  readonly lastWrite: Locator;
  /** The Redis commands of the last turn. */
  readonly commands: Locator;
  /** Whether the page is live. */
  readonly connection: Locator;

  readonly workingMemory: Locator;
  readonly recentTurns: Locator;
  readonly newThread: Locator;
  readonly scratchpad: Locator;
  readonly saveNotes: Locator;
  /** Folds the threads switcher out and in. */
  readonly threadsSwitch: Locator;
  readonly findThreads: Locator;
  /** The threads of the switcher. */
  readonly threads: Locator;

  readonly recalled: Locator;
  readonly slider: Locator;
  readonly threshold: Locator;
  /** Which kind is recalled. */
  readonly only: Locator;
  /** The drawing of all distances. */
  readonly axis: Locator;
  /** How many were recalled, of how many. */
  readonly summary: Locator;
  /** The nearest memories, nearest first. */
  readonly candidates: Locator;

  readonly events: Locator;
  readonly longTermMemory: Locator;
  readonly memories: Locator;
  readonly find: Locator;
  readonly show: Locator;
  /** Which rows of how many the table shows. */
  readonly pagerText: Locator;
  readonly undo: Locator;
  /** The sheet of one memory. */
  readonly sheet: Locator;
  /** What can be done with the rows that are picked. */
  readonly picks: Locator;
  /** Picks all rows of the page. */
  readonly pickAll: Locator;
  readonly alert: Locator;

  constructor(
    readonly page: Page,
    readonly scope: Scope,
  ) {
    const part = (name: string) => page.getByRole('region', { name, exact: true });
    const form = part('Take a turn');
    this.user = form.getByLabel('User', { exact: true });
    this.namespace = form.getByLabel('Namespace');
    this.text = form.getByLabel('Text');
    this.kind = form.getByLabel('Remember as');
    this.role = form.getByLabel('Role');
    this.sendTurn = form.getByRole('button', { name: 'Send turn' });
    this.setAsGoal = form.getByRole('button', { name: 'Set as goal' });
    this.probe = form.getByRole('button', { name: 'Probe' });
    this.preview = form.getByRole('status', { name: 'Preview' });
    this.lastWrite = form.getByRole('status', { name: 'Last write' });
    this.commands = form.getByText(/^Redis commands \(\d+\)$/);
    this.connection = page.getByRole('status', { name: 'Connection' });

    this.workingMemory = part('Working memory');
    this.recentTurns = this.workingMemory.getByRole('list', { name: /^Recent turns/ }).getByRole('listitem');
    this.newThread = this.workingMemory.getByRole('button', { name: 'New thread' });
    this.scratchpad = this.workingMemory.getByLabel('Scratchpad');
    this.saveNotes = this.workingMemory.getByRole('button', { name: 'Save notes' });
    this.threadsSwitch = this.workingMemory.getByText('Threads', { exact: true });
    this.findThreads = this.workingMemory.getByRole('searchbox', { name: 'Search the threads' });
    this.threads = this.workingMemory.getByRole('list', { name: /^Threads/ }).getByRole('link');

    this.recalled = part('Recalled memories');
    this.slider = this.recalled.getByRole('slider', { name: 'Recall threshold slider' });
    this.threshold = this.recalled.getByRole('spinbutton', { name: 'Recall threshold' });
    this.only = this.recalled.getByLabel('Recall which kind');
    this.axis = this.recalled.getByRole('img');
    this.summary = this.recalled.getByRole('status');
    // Not those inside them: reasons that are unfolded are a list too.
    this.candidates = this.recalled.getByRole('list', { name: /^Candidates/ }).locator(':scope > li');

    this.events = part('Event log').getByRole('listitem');
    this.longTermMemory = part('Long-term memory');
    this.memories = this.longTermMemory.getByRole('rowgroup').last().getByRole('row');
    this.find = this.longTermMemory.getByRole('searchbox', { name: 'Find in the memories' });
    this.show = this.longTermMemory.getByLabel('Show which kind');
    const pager = this.longTermMemory.getByRole('navigation', { name: 'Pages of the memories table' });
    this.pagerText = pager.getByRole('status');
    this.undo = this.longTermMemory.getByRole('button', { name: 'Undo' });
    this.sheet = page.getByRole('dialog', { name: /^Memory / });
    this.picks = page.locator('#picks');
    this.pickAll = this.longTermMemory.getByRole('checkbox', { name: 'Select all rows of this page' });
    this.alert = page.getByRole('alert');
  }

  /** The address of a scope's page. */
  static address(scope: Scope, more: Record<string, string> = {}): string {
    return `/?${new URLSearchParams({ ...scope, ...more })}`;
  }

  /** Opens the page of the test's scope, and waits until it hears events. */
  async open(more: Record<string, string> = {}): Promise<void> {
    await this.page.goto(Dashboard.address(this.scope, more));
    await hydrated(this.page);
  }

  /** Opens another user's memory as a person does: types the name and leaves the field. */
  async switchTo(user: string): Promise<void> {
    await this.user.fill(user);
    await this.user.press('Tab');
    await expect(this.table(user)).toBeVisible();
  }

  /** Sends a turn, and waits until it is answered. */
  async send(text: string, choices: TurnChoices = {}): Promise<void> {
    await this.fill(text, choices);
    await this.sendTurn.click();
    await expect(this.text).toHaveValue('');
  }

  /** Asks what a text would recall, and waits for the answer. */
  async ask(text: string, choices: TurnChoices = {}): Promise<void> {
    await this.fill(text, choices);
    await this.probe.click();
    await expect(this.recalled).toContainText(`Probed “${text}”`);
  }

  /** Types a threshold. */
  async recallWithin(threshold: string): Promise<void> {
    await this.threshold.fill(threshold);
    await this.threshold.press('Enter');
    await expect(this.threshold).toHaveValue(Number(threshold).toFixed(2));
  }

  async fill(text: string, { kind, role }: TurnChoices = {}): Promise<void> {
    if (kind) await this.kind.selectOption(kind);
    if (role) await this.role.selectOption(role);
    await this.text.fill(text);
  }

  /** The memories table of a user; its caption says whose it is. */
  table(user: string = this.scope.user): Locator {
    return this.page.getByRole('table', { name: ` of ${user} in ` });
  }

  /** The row of a memory. */
  memory(text: string | RegExp): Locator {
    return this.memories.filter({ hasText: text });
  }

  /** The heading of a column, by which it is sorted. */
  heading(name: string): Locator {
    return this.longTermMemory.getByRole('columnheader', { name, exact: true });
  }

  /** Sorts the table by a column, as a click on its heading does. */
  async sortBy(name: string): Promise<void> {
    await this.heading(name).getByRole('link').click();
  }

  /** A cell of a row, by the heading of its column. */
  async cell(row: Locator, heading: string): Promise<Locator> {
    const headings = await this.longTermMemory.getByRole('columnheader').allInnerTexts();
    const column = headings.findIndex((text) => text.replace(/[▲▼]/, '').trim().toLowerCase() === heading.toLowerCase());
    expect(column, `a column ${heading}`).toBeGreaterThanOrEqual(0);
    return row.getByRole('cell').nth(column);
  }

  /** The button that drops a memory; its name tells the id. */
  dropOf(row: Locator): Locator {
    return row.getByRole('button', { name: /^Drop memory / });
  }

  /** The box that picks a row. */
  pickOf(row: Locator): Locator {
    return row.getByRole('checkbox', { name: /^Select memory / });
  }

  /** Opens the sheet of a row's memory. */
  async edit(row: Locator): Promise<void> {
    await row.getByRole('link', { name: /^Edit memory / }).click();
    await expect(this.sheet.getByLabel('Text', { exact: true })).toBeVisible();
  }

  /** The id of a memory. */
  async idOf(row: Locator): Promise<string> {
    const name = await this.dropOf(row).getAttribute('aria-label');
    return (name ?? '').replace('Drop memory ', '');
  }

  /** The reasons of a candidate or of a row, unfolded. `label` is what is seen before. */
  async reasons(of: Locator, label: string | RegExp = 'Why?'): Promise<Locator> {
    // No role tells what unfolds from what is unfolded.
    const summary = (within: Page | Locator) => within.locator('summary').filter({ hasText: label });
    await summary(of).click();
    return of.getByRole('group').filter({ has: summary(this.page) }).getByRole('listitem');
  }

  /** The candidate with this text. */
  candidate(text: string | RegExp): Locator {
    return this.candidates.filter({ hasText: text });
  }

  /** The candidates that are recalled at the threshold. */
  get recalledNow(): Locator {
    return this.candidates.filter({ has: this.page.getByText('recalled', { exact: true }) });
  }

  /** A value of working memory or the index state, by its name. */
  fact(name: string): Locator {
    return this.page.getByRole('definition').and(this.page.locator(`dt:text-is("${name}") + dd`));
  }

  /** The open thread. */
  async threadId(): Promise<string> {
    const fact = this.fact('Thread');
    await expect(fact).toHaveText(/^[0-9a-f]{12}$/);
    return fact.innerText();
  }
}

/** The distance of a candidate lies within `tolerance` of `expected`: the model's figures move a little. */
export async function expectDistance(candidate: Locator, expected: number, tolerance = 0.03): Promise<void> {
  const shown = candidate.getByText(/^\d\.\d{3}$/);
  await expect(shown).toBeVisible();
  expect(Math.abs(Number(await shown.innerText()) - expected), `${await shown.innerText()} is about ${expected}`)
    .toBeLessThanOrEqual(tolerance);
}

/** Resolves once the page hears events: clicks before that are lost. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor();
}
