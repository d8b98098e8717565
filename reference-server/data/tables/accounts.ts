import { column, customerCount, customerInTurn, type Table, versionColumn } from '../table.ts'

const segments = ['enterprise', 'mid_market', 'mid_market', 'small', 'small', 'small'] as const
const nameFirst =
  'Amber,Birch,Cedar,Delta,Ember,Fjord,Granite,Harbor,Indigo,Juniper,Kestrel,Lumen,Meadow,Nimbus,Orchard,Prairie'
const nameSecond = 'Logistics,Analytics,Foods,Textiles,Robotics,Energy,Media,Health,Finance,Marine,Optics,Paper'

const teamMembers: Table = {
  name: 'team_members',
  rows: 60,
  columns: (draw) => [
    column('code', 'text not null', `'csm-' || lpad(id::text, 2, '0')`),
    column('email', 'text not null', `'csm-' || lpad(id::text, 2, '0') || '@team.example'`),
    column('role', 'text not null', draw.pick(['csm', 'csm', 'csm', 'support', 'lead'])),
    column('region', 'text not null', draw.pick(['emea', 'amer', 'apac'])),
    column('capacity', 'integer not null', draw.int(120, 220)),
    column('active', 'boolean not null', 'true'),
    column('created_at', 'timestamptz not null', draw.before(400, 1_200)),
  ],
  indexes: ['code', 'email', 'region, role'],
  references: {},
}

const customers: Table = {
  name: 'customers',
  rows: customerCount,
  columns: (draw) => [
    column('code', 'text not null', `'C-' || lpad(id::text, 5, '0')`),
    column(
      'name',
      'text not null',
      `${draw.pick(nameFirst.split(','))} || ' ' || ${draw.pick(nameSecond.split(','))} || ' ' || lpad(id::text, 5, '0')`,
    ),
    column('domain', 'text not null', `'customer-' || lpad(id::text, 5, '0') || '.example'`),
    column('segment', 'text not null', draw.pick(segments)),
    column(
      'industry',
      'text not null',
      draw.pick(['retail', 'software', 'manufacturing', 'health', 'finance', 'public']),
    ),
    column('region', 'text not null', draw.pick(['emea', 'amer', 'apac'])),
    column('status', 'text not null', draw.pick(['active', 'active', 'active', 'active', 'onboarding', 'churned'])),
    column('tier', 'text not null', draw.pick(['platinum', 'gold', 'gold', 'silver', 'silver', 'bronze'])),
    column('owner_id', 'integer not null', draw.int(1, 60)),
    column('health_score', 'integer not null', draw.int(5, 100)),
    column('arr_cents', 'bigint not null', `${draw.lowInt(50, 25_000)}::bigint * 10000`),
    column('notes', 'text not null', `''`),
    column('last_contacted_at', 'timestamptz not null', draw.before(0, 120)),
    column('created_at', 'timestamptz not null', draw.before(60, 1_500)),
    column('updated_at', 'timestamptz not null', draw.before(0, 60)),
    versionColumn,
  ],
  indexes: [
    'code',
    'domain',
    'lower(name) text_pattern_ops',
    'owner_id, health_score',
    'segment, health_score',
    'region, status',
    'industry, segment',
    'status, last_contacted_at',
    'tier, arr_cents',
    'health_score, id',
  ],
  references: { owner_id: 'team_members' },
}

const contacts: Table = {
  name: 'contacts',
  rows: 20_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('label', 'text not null', `'Contact ' || lpad(id::text, 5, '0')`),
    column('email', 'text not null', `'contact-' || lpad(id::text, 5, '0') || '@customer.example'`),
    column('role', 'text not null', draw.pick(['sponsor', 'administrator', 'user', 'user', 'billing', 'executive'])),
    column('is_primary', 'boolean not null', `id <= ${customerCount}`),
    column('locale', 'text not null', draw.pick(['en', 'en', 'de', 'fr', 'es', 'ja'])),
    column('sentiment', 'integer not null', draw.int(-5, 5)),
    column('last_seen_at', 'timestamptz not null', draw.before(0, 200)),
    column('created_at', 'timestamptz not null', draw.before(60, 1_400)),
  ],
  indexes: ['customer_id, is_primary', 'email', 'role, customer_id', 'last_seen_at', 'lower(label) text_pattern_ops'],
  references: { customer_id: 'customers' },
}

const products: Table = {
  name: 'products',
  rows: 12,
  columns: (draw) => [
    column('code', 'text not null', `'P-' || lpad(id::text, 2, '0')`),
    column('family', 'text not null', draw.pick(['core', 'insight', 'automation', 'support'])),
    column('seat_price_cents', 'integer not null', `${draw.int(8, 90)} * 100`),
    column('created_at', 'timestamptz not null', draw.before(800, 1_600)),
  ],
  indexes: ['code', 'family'],
  references: {},
}

const contracts: Table = {
  name: 'contracts',
  rows: 12_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('code', 'text not null', `'K-' || lpad(id::text, 6, '0')`),
    column('status', 'text not null', draw.pick(['active', 'active', 'active', 'draft', 'expired'])),
    column('starts_on', 'date not null', draw.dateAfter(-700, -30)),
    column('ends_on', 'date not null', draw.dateAfter(1, 720)),
    column('value_cents', 'bigint not null', `${draw.lowInt(20, 9_000)}::bigint * 10000`),
    column('auto_renew', 'boolean not null', draw.chance(0.6)),
    column('notice_days', 'integer not null', `${draw.int(1, 4)} * 30`),
    column('created_at', 'timestamptz not null', draw.before(30, 700)),
    column('updated_at', 'timestamptz not null', draw.before(0, 30)),
    versionColumn,
  ],
  indexes: [
    'customer_id, status',
    'code',
    'status, ends_on',
    'ends_on',
    'starts_on',
    'value_cents',
    'auto_renew, ends_on',
  ],
  references: { customer_id: 'customers' },
}

const subscriptions: Table = {
  name: 'subscriptions',
  rows: 20_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', customerInTurn),
    column('product_id', 'integer not null', draw.int(1, 12)),
    column('status', 'text not null', draw.pick(['active', 'active', 'active', 'paused', 'cancelled'])),
    column('seats', 'integer not null', draw.lowInt(5, 400)),
    column('seats_used', 'integer not null', draw.lowInt(1, 400)),
    column('price_cents', 'integer not null', `${draw.int(8, 90)} * 100`),
    column('started_on', 'date not null', draw.dateAfter(-900, -10)),
    column('updated_at', 'timestamptz not null', draw.before(0, 90)),
    versionColumn,
  ],
  indexes: ['customer_id, status', 'product_id, status', 'status, seats_used', 'started_on', 'updated_at'],
  references: { customer_id: 'customers', product_id: 'products' },
}

const campaigns: Table = {
  name: 'campaigns',
  rows: 120,
  columns: (draw) => [
    column('code', 'text not null', `'M-' || lpad(id::text, 4, '0')`),
    column('channel', 'text not null', draw.pick(['email', 'in_app', 'webinar'])),
    column('goal', 'text not null', draw.pick(['adoption', 'renewal', 'expansion', 'feedback'])),
    column('status', 'text not null', draw.pick(['finished', 'finished', 'running', 'planned'])),
    column('owner_id', 'integer not null', draw.int(1, 60)),
    column('started_at', 'timestamptz not null', draw.before(1, 300)),
  ],
  indexes: ['code', 'status, started_at', 'owner_id'],
  references: { owner_id: 'team_members' },
}

const auditLog: Table = {
  name: 'audit_log',
  rows: 40_000,
  columns: (draw) => [
    column('customer_id', 'integer not null', draw.lowInt(1, customerCount)),
    column('entity', 'text not null', draw.pick(['customer', 'contract', 'renewal', 'support_ticket', 'opportunity'])),
    column('entity_id', 'integer not null', draw.int(1, customerCount)),
    column('action', 'text not null', draw.pick(['create', 'update', 'update', 'close'])),
    column('actor_id', 'integer not null', draw.int(1, 60)),
    column('detail', 'text not null', `'seeded entry ' || id`),
    column('created_at', 'timestamptz not null', draw.before(0, 500)),
  ],
  indexes: ['customer_id, id', 'entity, entity_id', 'actor_id, created_at', 'created_at'],
  references: { customer_id: 'customers', actor_id: 'team_members' },
}

/** Who the customers are and what they bought. */
export const accountTables: readonly Table[] = [
  teamMembers,
  customers,
  contacts,
  products,
  contracts,
  subscriptions,
  campaigns,
  auditLog,
]
