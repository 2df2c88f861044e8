// A small store of keys and values in IndexedDB. When the browser refuses it
// (private mode of some), a map stands in so that nothing else must know.
const NAME = 'prosa';
const stores = ['drafts', 'outbox'] as const;
export type Store = (typeof stores)[number];

const fallback = new Map<string, unknown>();
let opened: Promise<IDBDatabase | null> | undefined;

function open(): Promise<IDBDatabase | null> {
  opened ??= new Promise((resolve) => {
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.open(NAME, 1);
    } catch {
      resolve(null);
      return;
    }
    request.onupgradeneeded = () => stores.forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
  return opened;
}

async function run<T>(
  store: Store,
  mode: IDBTransactionMode,
  work: (s: IDBObjectStore) => IDBRequest<T>,
): Promise<T | undefined> {
  const db = await open();
  if (!db) return undefined;
  return new Promise((resolve, reject) => {
    const tx = db.transaction(store, mode);
    const request = work(tx.objectStore(store));
    tx.oncomplete = () => resolve(request.result);
    tx.onerror = () => reject(tx.error);
    tx.onabort = () => reject(tx.error);
  });
}

const offline = async () => (await open()) === null;

export async function put(store: Store, key: string, value: unknown): Promise<void> {
  if (await offline()) fallback.set(`${store}/${key}`, value);
  else await run(store, 'readwrite', (s) => s.put(value, key));
}

export async function get<T>(store: Store, key: string): Promise<T | undefined> {
  if (await offline()) return fallback.get(`${store}/${key}`) as T | undefined;
  return (await run<T>(store, 'readonly', (s) => s.get(key) as IDBRequest<T>)) ?? undefined;
}

export async function remove(store: Store, key: string): Promise<void> {
  if (await offline()) fallback.delete(`${store}/${key}`);
  else await run(store, 'readwrite', (s) => s.delete(key) as IDBRequest<undefined>);
}

/** Everything whose key begins with the prefix, in the order of the keys. */
export async function list<T>(store: Store, prefix: string): Promise<[string, T][]> {
  if (await offline())
    return [...fallback]
      .filter(([key]) => key.startsWith(`${store}/${prefix}`))
      .map(([key, value]) => [key.slice(store.length + 1), value as T]);
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const keys = (await run(store, 'readonly', (s) => s.getAllKeys(range))) ?? [];
  const values = (await run<T[]>(store, 'readonly', (s) => s.getAll(range) as IDBRequest<T[]>)) ?? [];
  return keys.map((key, i) => [String(key), values[i] as T]);
}
