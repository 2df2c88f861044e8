package rules

// TemplateTaken refuses a second template of a name and language.
func TemplateTaken(language string) *Error {
	return refuseTemplate(2388024, "Content in this language already exists",
		"There is already %s content for this template. You can create a new template and try again.", language)
}

// TemplateBeingDeleted refuses the name of an approved template that was
// deleted less than 30 days ago.
func TemplateBeingDeleted(language string) *Error {
	return refuseTemplate(2388023, "The message template language is being deleted",
		"New %s content can't be added while the existing content is being deleted. Try again in 4 weeks or create a new template.", language)
}

// TemplateNotFound refuses to delete what is not there.
func TemplateNotFound() *Error {
	return refuseTemplate(2593002, "Message Template Not Found", "There is no such message template.")
}

// TemplateProtected refuses to delete a disabled template.
func TemplateProtected() *Error {
	return refuseTemplate(2388005, "Message template can't be deleted", "A disabled message template can't be deleted.")
}
