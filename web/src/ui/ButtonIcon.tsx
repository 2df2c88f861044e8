import {
  IconArrowBackUp,
  IconCopy,
  IconExternalLink,
  IconForms,
  IconMapPin,
  IconPhone,
} from '@tabler/icons-react';

const buttonIcons: Record<string, typeof IconCopy> = {
  url: IconExternalLink,
  cta_url: IconExternalLink,
  phone_number: IconPhone,
  phone: IconPhone,
  voice_call: IconPhone,
  call: IconPhone,
  copy_code: IconCopy,
  copy: IconCopy,
  otp: IconCopy,
  flow: IconForms,
  location: IconMapPin,
};

/** What a button of a message does. */
export function ButtonIcon({ type, size = 16 }: { type: string; size?: number }) {
  const Icon = buttonIcons[type.toLowerCase()] ?? IconArrowBackUp;
  return <Icon size={size} aria-hidden />;
}
