import type { ToolUse } from '../lib/workload.ts'
import {
  adds,
  advanced,
  at,
  audited,
  columnAdds,
  conflict,
  customerCode,
  customerIs,
  echoes,
  isNumber,
  list,
  rowsOf,
  same,
  tool,
} from './checks.ts'
import { counts, customer, day, owner, pageLimit, remember, soon, take } from './draws.ts'

const segments = ['enterprise', 'mid_market', 'small'] as const
const prefixes = [
  'Amb',
  'Bir',
  'ced',
  'Delta',
  'Emb',
  'fjo',
  'Gran',
  'Har',
  'Ind',
  'jun',
  'Kes',
  'Lum',
  'Mea',
  'nim',
  'Orc',
]

export const core: readonly ToolUse[] = [
  tool('get_customer', 8, () => ({
    draw: (random) => ({ customer_id: customer(random) }),
    problems: (answer, args, memory) => {
      remember(memory, 'customer', at(answer, 'customer', 'customer_id'), at(answer, 'customer', 'version'))
      return [
        customerIs(answer.customer, args),
        list(answer, 'primary_contacts', args, { most: 5, echo: ['customer_id'] }),
      ]
    },
  })),
  tool('search_customers', 5, () => ({
    draw: (random) => ({
      name_prefix: random.pick(prefixes),
      segment: random.pick(segments),
      limit: pageLimit(random),
    }),
    problems: (answer, args) => {
      const prefix = String(args.name_prefix).toLowerCase()
      const begins = (row: unknown) => typeof row === 'string' && row.toLowerCase().startsWith(prefix)
      const every = (row: Parameters<typeof at>[0]) =>
        begins(at(row, 'name')) && at(row, 'code') === customerCode(at(row, 'customer_id'))
      const { limit: most } = args
      return [list(answer, 'customers', args, { most, total: answer.total, echo: ['segment'], every })]
    },
  })),
  tool(
    'update_customer',
    3,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'customer', random, counts.customers)
        const tier = random.pick(['platinum', 'gold', 'silver', 'bronze'] as const)
        return { customer_id: id, version, tier, notes: `reviewed as ${tier}`, actor_id: owner(random) }
      },
      problems: (answer, args, memory) => {
        remember(memory, 'customer', at(answer, 'customer', 'customer_id'), at(answer, 'customer', 'version'))
        return [
          customerIs(answer.customer, args),
          echoes(answer.customer, args, 'tier', 'notes'),
          advanced(answer.customer, args),
          audited(answer),
        ]
      },
    }),
    conflict,
  ),
  tool('list_contracts', 3, () => ({
    draw: (random) => ({ customer_id: customer(random), as_of: day, limit: 25 }),
    problems: (answer, args, memory) => {
      const contracts = rowsOf(answer, 'contracts')
      remember(memory, 'contract', at(contracts[0], 'contract_id'), at(contracts[0], 'version'))
      return [
        echoes(answer, args, 'customer_id'),
        list(answer, 'contracts', args, { most: 25, total: answer.contract_count, echo: ['customer_id'] }),
        contracts.length < 25 ? columnAdds(contracts, 'value_cents', answer.value_cents) : undefined,
      ]
    },
  })),
  tool(
    'update_contract_terms',
    1,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'contract', random, counts.contracts)
        const notice_days = 30 * random.int(1, 6)
        return { contract_id: id, version, auto_renew: random.next() < 0.5, notice_days, actor_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.contract, args, 'contract_id', 'auto_renew', 'notice_days'),
        advanced(answer.contract, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
]

export const onboarding: readonly ToolUse[] = [
  tool('get_onboarding_plan', 2, () => ({
    draw: (random) => ({ customer_id: customer(random) }),
    problems: (answer, args, memory) => {
      const plan = answer.plan
      remember(memory, 'plan', at(plan, 'plan_id'), at(plan, 'version'))
      const planId = at(plan, 'plan_id')
      const every = (task: Parameters<typeof at>[0]) => at(task, 'plan_id') === planId
      const total = at(plan, 'task_count')
      return [echoes(plan, args, 'customer_id'), list(answer, 'tasks', args, { most: total, total, every })]
    },
  })),
  tool('list_onboarding_tasks', 2, () => ({
    draw: (random) => ({
      owner_id: owner(random),
      task_status: random.pick(['open', 'blocked', 'done'] as const),
      as_of: day,
      limit: pageLimit(random),
    }),
    problems: (answer, args) => [
      echoes(answer, args, 'owner_id'),
      adds(answer.counts, 'total', 'open', 'blocked', 'done'),
      list(answer, 'tasks', args, { most: args.limit, every: (row) => at(row, 'status') === args.task_status }),
    ],
  })),
  tool('complete_onboarding_task', 1, () => ({
    draw: (random) => ({ task_id: random.int(1, counts.tasks) }),
    problems: (answer, args) => [
      echoes(answer.task, args, 'task_id'),
      same('state', at(answer, 'task', 'status'), 'done'),
      same('plan', at(answer, 'plan', 'plan_id'), at(answer, 'task', 'plan_id')),
    ],
  })),
  tool('start_onboarding', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      owner_id: owner(random),
      task_count: random.int(3, 8),
      as_of: day,
    }),
    problems: (answer, args) => [
      echoes(answer.plan, args, 'customer_id', 'owner_id', 'task_count'),
      list(answer, 'tasks', args, {
        most: args.task_count,
        total: args.task_count,
        every: (task) => at(task, 'plan_id') === at(answer, 'plan', 'plan_id'),
      }),
    ],
  })),
  tool(
    'assign_onboarding_owner',
    1,
    () => ({
      draw: (random, memory) => {
        const { id, version } = take(memory, 'plan', random, counts.plans)
        return { plan_id: id, version, owner_id: owner(random), actor_id: owner(random) }
      },
      problems: (answer, args) => [
        echoes(answer.plan, args, 'plan_id', 'owner_id'),
        advanced(answer.plan, args),
        audited(answer),
      ],
    }),
    conflict,
  ),
  tool('schedule_training', 1, () => ({
    draw: (random) => ({
      customer_id: customer(random),
      trainer_id: owner(random),
      topic: random.pick(['basics', 'administration', 'reporting', 'automation'] as const),
      attendees: random.int(1, 40),
      scheduled_at: soon(random),
    }),
    problems: (answer, args) => [
      echoes(answer.training, args, 'customer_id', 'trainer_id', 'topic', 'attendees', 'scheduled_at'),
      audited(answer),
    ],
  })),
  tool('list_stalled_onboardings', 1, () => ({
    draw: (random) => ({ owner_id: owner(random), limit: pageLimit(random) }),
    problems: (answer, args) => [
      adds(answer.counts, 'total', 'open', 'stalled', 'completed'),
      list(answer, 'plans', args, {
        most: args.limit,
        total: at(answer, 'counts', 'stalled'),
        echo: ['owner_id'],
      }),
    ],
  })),
  tool('get_onboarding_report', 1, () => ({
    draw: (random) => ({ owner_id: owner(random), as_of: day }),
    problems: (answer, args) => [
      echoes(answer, args, 'owner_id'),
      adds(answer.plans, 'total', 'open', 'stalled', 'completed'),
      isNumber('trainings', at(answer, 'trainings', 'total')),
    ],
  })),
]
