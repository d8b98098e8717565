import { actorId, asOf, customerId, id, limit, oneOf, ownerId, time, version, whole } from './input.ts'
import { found, record, Versioned } from './records.ts'
import { addTool, changeTool, readTool, type Tool } from './tool.ts'
import { sql } from './transaction.ts'

const planOf = sql(
  `select p.id as plan_id, p.customer_id, p.owner_id, p.status, p.task_count, p.started_on, p.target_on, p.version
   from onboarding_plans p where p.customer_id = $1 order by p.id desc limit 1`,
)
const planTasks = sql(
  `select t.id as task_id, t.plan_id, t.position, t.title, t.status, t.due_on
   from onboarding_tasks t where t.plan_id = (select max(id) from onboarding_plans where customer_id = $1)
   order by t.position, t.id`,
)
// The plans' ids first, so that their few tasks are found by key: as a join it reads every open task of everybody.
const runningPlans = `array(select id from onboarding_plans where owner_id = $1 and status <> 'completed')`
const tasksByStatus = sql(
  `select id as task_id, plan_id, title, status, due_on from onboarding_tasks
   where plan_id = any(${runningPlans}) and status = $2 and due_on < $3::date + 30 order by due_on, id limit $4`,
)
const taskCounts = sql(
  `select count(*) as total, count(*) filter (where status = 'open') as open,
          count(*) filter (where status = 'blocked') as blocked, count(*) filter (where status = 'done') as done
   from onboarding_tasks where plan_id = any(${runningPlans})`,
)
const finishTask = sql(
  `update onboarding_tasks set status = 'done', done_at = coalesce(done_at, now()) where id = $1
   returning id as task_id, plan_id, title, status, done_at`,
)
const touchPlan = sql(
  `update onboarding_plans p set version = version + 1, updated_at = now(),
     status = case when exists (select 1 from onboarding_tasks t where t.plan_id = p.id and t.status <> 'done')
                   then p.status else 'completed' end
   where p.id = $1
   returning p.id as plan_id, p.customer_id, p.status, p.version,
     (select count(*) from onboarding_tasks t where t.plan_id = p.id and t.status <> 'done') as tasks_left`,
)
const newPlan = sql(
  `insert into onboarding_plans (customer_id, owner_id, status, task_count, started_on, target_on, updated_at)
   select id, $2, 'open', $3, $4::date, $4::date + 60, now() from customers where id = $1
   returning id as plan_id, customer_id, owner_id, task_count, target_on, version`,
)
const newTasks = sql(
  `insert into onboarding_tasks (plan_id, position, title, status, due_on)
   select $1, n, 'step ' || n, 'open', $3::date + 10 * n from generate_series(1, $2::int) as n
   returning id as task_id, plan_id, position`,
)
const planOwner = new Versioned(
  'onboarding plan',
  'onboarding_plans',
  'owner_id = $3, updated_at = now()',
  'id as plan_id, customer_id, owner_id',
)
const newTraining = sql(
  `insert into training_sessions (customer_id, trainer_id, topic, status, attendees, scheduled_at)
   select id, $2, $3, 'planned', $4, $5::timestamptz from customers where id = $1
   returning id as training_id, customer_id, trainer_id, topic, attendees, scheduled_at`,
)
const stalledPlans = sql(
  `select id as plan_id, customer_id, owner_id, target_on, updated_at, version from onboarding_plans
   where owner_id = $1 and status = 'stalled' order by updated_at, id limit $2`,
)
const ownerPlanCounts = sql(
  `select count(*) as total, count(*) filter (where status = 'open') as open,
          count(*) filter (where status = 'stalled') as stalled,
          count(*) filter (where status = 'completed') as completed
   from onboarding_plans where owner_id = $1`,
)
const trainingSummary = sql(
  `select count(*) as total, count(*) filter (where status = 'held') as held,
          coalesce(sum(attendees) filter (where status = 'held'), 0)::int8 as attendees
   from training_sessions where trainer_id = $1 and scheduled_at < $2::date`,
)

export const onboardingTools: readonly Tool[] = [
  readTool({
    name: 'get_onboarding_plan',
    description: "A customer's newest onboarding plan with its tasks.",
    input: { customer_id: customerId },
    run: async (transaction, { customer_id }) => {
      const plan = found(await transaction.first(planOf, customer_id), 'onboarding plan of customer', customer_id)
      return { plan, tasks: await transaction.rows(planTasks, customer_id) }
    },
  }),
  readTool({
    name: 'list_onboarding_tasks',
    description: "Tasks of an owner's running onboardings in one state, due within 30 days, with counts by state.",
    input: {
      owner_id: ownerId,
      task_status: oneOf(['open', 'blocked', 'done'], 'State of the tasks'),
      as_of: asOf,
      limit: limit(50, 20),
    },
    run: async (transaction, { owner_id, task_status, as_of, limit }) => {
      const tasks = await transaction.rows(tasksByStatus, owner_id, task_status, as_of, limit)
      return { owner_id, counts: await transaction.row(taskCounts, owner_id), tasks }
    },
  }),
  changeTool({
    name: 'complete_onboarding_task',
    description: 'Marks a task as done, and its plan as completed when it was the last.',
    input: { task_id: id('Task') },
    run: async (transaction, { task_id }) => {
      const task = found(await transaction.first(finishTask, task_id), 'onboarding task', task_id)
      return { task, plan: await transaction.row(touchPlan, Number(task.plan_id)) }
    },
  }),
  addTool({
    name: 'start_onboarding',
    description: 'Creates an onboarding plan with its tasks for a customer.',
    input: { customer_id: customerId, owner_id: ownerId, task_count: whole(1, 12, 'Tasks'), as_of: asOf },
    run: async (transaction, { customer_id, owner_id, task_count, as_of }) => {
      const row = await transaction.first(newPlan, customer_id, owner_id, task_count, as_of)
      const plan = found(row, 'customer', customer_id)
      return { plan, tasks: await transaction.rows(newTasks, Number(plan.plan_id), task_count, as_of) }
    },
  }),
  changeTool({
    name: 'assign_onboarding_owner',
    description: 'Gives an onboarding plan another owner, unless it has changed since it was read.',
    input: { plan_id: id('Onboarding plan'), version, owner_id: ownerId, actor_id: actorId },
    run: async (transaction, { plan_id, version, owner_id, actor_id }) => {
      const plan = await planOwner.change(transaction, plan_id, version, owner_id)
      const audit_id = await record(transaction, {
        customerId: plan.customer_id,
        entity: 'onboarding_plan',
        entityId: plan_id,
        action: 'update',
        actorId: actor_id,
        detail: `owner ${owner_id}`,
      })
      return { plan, audit_id }
    },
  }),
  addTool({
    name: 'schedule_training',
    description: 'Plans a training session for a customer.',
    input: {
      customer_id: customerId,
      trainer_id: ownerId,
      topic: oneOf(['basics', 'administration', 'reporting', 'automation'], 'Topic'),
      attendees: whole(1, 200, 'Attendees expected'),
      scheduled_at: time,
    },
    run: async (transaction, { customer_id, trainer_id, topic, attendees, scheduled_at }) => {
      const row = await transaction.first(newTraining, customer_id, trainer_id, topic, attendees, scheduled_at)
      const training = found(row, 'customer', customer_id)
      const audit_id = await record(transaction, {
        customerId: customer_id,
        entity: 'training_session',
        entityId: training.training_id,
        action: 'create',
        actorId: trainer_id,
        detail: `training ${topic}`,
      })
      return { training, audit_id }
    },
  }),
  readTool({
    name: 'list_stalled_onboardings',
    description: "An owner's onboardings that do not move, longest first, with counts of all.",
    input: { owner_id: ownerId, limit: limit(50, 20) },
    run: async (transaction, { owner_id, limit }) => {
      const plans = await transaction.rows(stalledPlans, owner_id, limit)
      return { owner_id, counts: await transaction.row(ownerPlanCounts, owner_id), plans }
    },
  }),
  readTool({
    name: 'get_onboarding_report',
    description: "An owner's onboardings and held trainings until a day, counted.",
    input: { owner_id: ownerId, as_of: asOf },
    run: async (transaction, { owner_id, as_of }) => ({
      owner_id,
      plans: await transaction.row(ownerPlanCounts, owner_id),
      trainings: await transaction.row(trainingSummary, owner_id, as_of),
    }),
  }),
]
