import { communicationTools } from './communication.ts'
import { coreTools } from './core.ts'
import { expansionTools } from './expansion.ts'
import { feedbackTools } from './feedback.ts'
import { healthTools } from './health.ts'
import { onboardingTools } from './onboarding.ts'
import { retentionTools } from './retention.ts'
import { supportTools } from './support.ts'
import type { Category, Tool } from './tool.ts'

export const toolsByCategory: Readonly<Record<Category, readonly Tool[]>> = {
  core: coreTools,
  onboarding: onboardingTools,
  health: healthTools,
  retention: retentionTools,
  communication: communicationTools,
  support: supportTools,
  expansion: expansionTools,
  feedback: feedbackTools,
}

export const allTools: readonly Tool[] = Object.values(toolsByCategory).flat()
