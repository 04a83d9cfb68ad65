# Recipe 2, a voice, topic by topic: its texts are learned (SFT) and a quiz asked. Preferences (DPO) follow
# only where the topic is known and the voice not yet heard, then the quiz once more, and the better of
# both is kept. A table says what came of it.
#
#   make voice                       all topics, into work/voice; recipe.mk says what can be set
#   make voice TOPICS=cycle-phases   one of them
#   make voice voice_known=0.5 voice_heard=0.9      other gates
#
# working     trains as voice-sft.conf and voice-working.conf say, published as voice-sft.conf and
#             voice.conf: 100 updates a topic, at a rate that moves nothing.
#
# The ranks of both are not the same, 8 and 1, so one adapter cannot go on as the other: what the texts
# taught is folded into the model first. The reference of DPO is therefore the model that knows the
# topic, TOPIC/told, and the adapter of DPO belongs to that one. Its dpo_metadata.json says so.

TOPICS := $(notdir $(patsubst %/,%,$(dir $(wildcard data/voice/*/quiz.json))))
$(foreach topic,$(TOPICS),$(if $(wildcard data/voice/$(topic)/quiz.json),, \
	$(error there is no data/voice/$(topic)/quiz.json)))
voice := $(call place,voice)
voice_known := 0.70
voice_heard := 0.75
voice_tokens := 200

voice_conf := pipelines/voice$(if $(filter working,$(PROFILE)),-working).conf
voice_data = $(if $(filter working,$(PROFILE)),--eval $(@D)/val.jsonl $(@D)/train.jsonl,$(@D)/all.jsonl)
voice_teach := $(call small,--batch-size 5 --gradient-accumulation 1 --learning-rate 1e-3) $(tiny)
voice_options := $(call small,--batch-size 4 --gradient-accumulation 1 --learning-rate 1e-3) $(tiny) $(TRAIN)
voice_quiz := bin/dpo-eval --metrics quiz,voice --markers data/voice/markers.txt \
	--negative data/voice/negative.txt --max-new-tokens $(voice_tokens)

# yes or no: are the gates met?
voice_ask = { bin/dpo-eval -q $1 > /dev/null && echo yes || { [ $$? -eq 3 ] && echo no; }; } $(whole)

.PHONY: voice voice-clean
voice: $(voice)/table.txt ## teach a voice topic by topic, into work/voice
	@echo && cat $<

$(voice)/topics: says = $(TOPICS)
$(voice)/model: says = $(MODEL)
$(voice)/gates: says = $(voice_known) $(voice_heard)
$(voice)/teach: says = $(voice_teach)
$(voice)/options: says = $(voice_conf) $(voice_options)
$(voice)/tokens: says = $(voice_tokens)
$(addprefix $(voice)/,topics model gates teach options tokens): always
	$(note)

$(voice)/%/content.jsonl: data/voice/%/content.jsonl
	@mkdir -p $(@D)
	sed 's/"instruction":/"prompt":/; s/"output":/"completion":/' $< $(whole)

$(addprefix $(voice)/%/,$(parts) all.jsonl): data/voice/%/pairs.jsonl bin/dpo-merge bin/dpo-split
	@mkdir -p $(@D)
	bin/dpo-merge -q -o $(@D)/all.jsonl $<
	bin/dpo-split -q -d $(@D) --ratios 85,15,0 $(@D)/all.jsonl

$(voice)/%/sft.begun: $(voice)/%/content.jsonl $(voice)/model $(weights) $(voice)/teach \
		pipelines/voice-sft.conf bin/dpo-train
	$(begin)

$(voice)/%/sft/dpo_metadata.json: $(voice)/%/sft.begun
	bin/dpo-train -m $(MODEL) --config pipelines/voice-sft.conf $(voice_teach) --resume -o $(@D) \
		$(voice)/$*/content.jsonl

$(voice)/%/told/config.json: $(voice)/%/sft/dpo_metadata.json bin/dpo-lora-merge
	bin/dpo-lora-merge -m $(MODEL) $(<D) -o $(@D)
	@touch $@

$(voice)/%/sft.jsonl: data/voice/%/quiz.json $(voice)/%/told/config.json $(voice)/tokens bin/dpo-eval
	$(voice_quiz) -m $(@D)/told -o $@ $<

$(voice)/%/wanted: $(voice)/%/sft.jsonl $(voice)/gates
	$(call voice_ask,--from $< --gate 'quiz_accuracy >= $(voice_known)' --gate 'voice < $(voice_heard)')

$(voice)/%/dpo.begun: $(voice)/%/wanted $(addprefix $(voice)/%/,$(parts) all.jsonl) \
		$(voice)/options $(voice_conf)
	$(begin)

# Where DPO is not wanted this file says so. A limit to the KL may stop it early: status 3.
$(voice)/%/dpo.tried: $(voice)/%/dpo.begun
	{ if grep -q no $(@D)/wanted; then echo no; else \
		bin/dpo-train -m $(@D)/told --config $(voice_conf) $(voice_options) --resume -o $(@D)/dpo \
			$(voice_data) || [ $$? -eq 3 ] || exit; \
		if [ -e $(@D)/dpo/adapter_config.json ]; then echo yes; else echo no; fi; fi; } $(whole)

$(voice)/%/dpo.jsonl: $(voice)/%/dpo.tried $(voice)/%/sft.jsonl
	if grep -q no $<; then : > $@; else $(voice_quiz) -m $(@D)/told --adapter $(@D)/dpo \
		--baseline $(@D)/sft.jsonl -o $@ data/voice/$*/quiz.json; fi

# Better is what sounds more like the voice and still knows the topic.
$(voice)/%/better: $(voice)/%/dpo.jsonl $(voice)/gates
	if [ ! -s $< ]; then echo no $(whole); else $(call voice_ask,--from $< --baseline $(@D)/sft.jsonl \
		--gate 'voice > baseline' --gate 'quiz_accuracy >= $(voice_known)'); fi

$(voice)/table.txt: $(voice)/topics $(TOPICS:%=$(voice)/%/better) pipelines/voice.sh
	pipelines/voice.sh $(TOPICS:%=$(voice)/%) $(whole)

voice_made := content.jsonl $(parts) all.jsonl sft.begun sft.jsonl \
	dpo.begun dpo.jsonl wanted better dpo.tried
voice_told := $(addprefix told/,config.json generation_config.json model.safetensors tokenizer.json \
	tokenizer_config.json chat_template.jinja dpo_metadata.json)
voice-clean: ## remove what make voice made
	$(call remove,$(voice),topics model gates teach options tokens table.txt)
	@for topic in $(TOPICS:%=$(voice)/%); do [ ! -d $$topic ] || { $(call remove,$$topic,$(voice_made) $(voice_told)) && \
		{ rmdir $$topic/told 2> /dev/null || true; } && $(call remove_runs,$$topic,sft dpo) && \
		{ rmdir $$topic 2> /dev/null || true; }; } || exit; done
	@$(call remove_place,$(voice))
